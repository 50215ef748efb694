/**
 * A server without routing or lookup: the least that this runtime does for an answer of a given size. The real server's
 * rates are compared with it, since a rate by itself describes the machine more than the server.
 */

const bytes = new Uint8Array(Number(Deno.args[0]));

const server = Deno.serve(
  { hostname: "127.0.0.1", port: Number(Deno.env.get("TWF_V3_PORT")), onListen: () => undefined },
  () => new Response(bytes, { headers: { "content-type": "application/octet-stream" } }),
);
Deno.addSignalListener("SIGTERM", () => void server.shutdown());
