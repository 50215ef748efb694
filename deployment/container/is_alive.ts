/**
 * Health check of the container: exit code 0 when its server answers. A container that runs another command has no
 * health to check.
 */
const response = await fetch("http://127.0.0.1:8200/livez", { signal: AbortSignal.timeout(4000) });
await response.body?.cancel();
Deno.exit(response.ok ? 0 : 1);
