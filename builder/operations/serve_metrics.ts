import { registry } from "./metrics.ts";

/**
 * Serves metrics to a Prometheus on this machine, at `http://127.0.0.1:PORT/metrics`.
 * @throws Deno.errors.AddrInUse
 */
export function serveMetrics(port: number): AsyncDisposable & { readonly port: number } {
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, async (request) => {
    if (new URL(request.url).pathname !== "/metrics") return new Response("Metrics are at /metrics\n", { status: 404 });
    return new Response(await registry.metrics(), { headers: { "content-type": registry.contentType } });
  });
  return { port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
}
