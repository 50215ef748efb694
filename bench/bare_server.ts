/**
 * The least that this runtime can do for an answer of a given size: no routing, no lookup. What the real server is
 * compared with, since a rate by itself says more of the machine than of the server.
 */

const bytes = new Uint8Array(Number(Deno.args[0]));

const server = Deno.serve(
  { hostname: "127.0.0.1", port: Number(Deno.env.get("TWF_V3_PORT")), onListen: () => undefined },
  () => new Response(bytes, { headers: { "content-type": "application/octet-stream" } }),
);
Deno.addSignalListener("SIGTERM", () => void server.shutdown());
