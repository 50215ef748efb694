/**
 * Checks whether Deno can reach the given npm registry: exit code 0, or 1 with the reason on standard error, "tls" for
 * a certificate that is not trusted. Without this check, an installation of many packages tries again for minutes
 * before it gives up.
 */
const PATIENCE_MS = 15_000;

/** Returns the reason why the registry cannot be reached, or null. */
async function problemOf(registry: string): Promise<string | null> {
  try {
    // Any answer shows that the registry is there; the installation reports packages that the registry lacks.
    const response = await fetch(registry, { signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.body?.cancel();
    return null;
  } catch (error) {
    const words = error instanceof Error ? `${error.message} ${error.cause ?? ""}` : String(error);
    if (/certificate|UnknownIssuer|tls handshake/i.test(words)) return "tls";
    if (/timed out|timeout/i.test(words)) return `no answer within ${PATIENCE_MS / 1000} s`;
    return words.replace(/^.*client error \(Connect\): /, "").trim();
  }
}

const problem = await problemOf(Deno.args[0]!);
if (problem !== null) {
  Deno.stderr.writeSync(new TextEncoder().encode(`${problem}\n`));
  Deno.exit(1);
}
