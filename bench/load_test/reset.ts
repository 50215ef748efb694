import { ConfigurationError } from "../../contract/environment.ts";
import { RESET_URL } from "../../contract/urls.ts";
import { UsageError } from "../../builder/cli/usage_error.ts";

const THIS_MACHINE = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Resets the caches and counters of a server on this machine to their state after a start.
 * @throws UsageError when the server is on another machine
 * @throws ConfigurationError when the server was not started with resets allowed
 */
export async function reset(origin: string): Promise<void> {
  if (!URL.canParse(origin) || !THIS_MACHINE.includes(new URL(origin).hostname)) {
    throw new UsageError(`--url "${origin}": only a server on this machine can be reset`);
  }
  const response = await fetch(origin + RESET_URL, { method: "POST", signal: AbortSignal.timeout(10_000) });
  await response.body?.cancel();
  if (response.status === 404) throw new ConfigurationError(`${origin} was not started with TWF_V3_ALLOW_RESET=true`);
  if (!response.ok) throw new Error(`${origin}${RESET_URL} was answered with ${response.status}`);
}
