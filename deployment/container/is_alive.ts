/** Exit code 0 when the server of this container answers. A container of another command has no health to ask for. */
const response = await fetch("http://127.0.0.1:8200/livez", { signal: AbortSignal.timeout(4000) });
await response.body?.cancel();
Deno.exit(response.ok ? 0 : 1);
