import { allowedPaths } from "../contract/allowed_paths.ts";
import { hostInUrl } from "../contract/authority.ts";
import { ConfigurationError, parseConfiguration } from "../contract/environment.ts";

/** Prints what `deno task serve` may read (`read`) or connect to (`net`), as the settings require. */
function main([what]: readonly string[], environment: Readonly<Record<string, string>>): string {
  try {
    const { roots, host, port, redisUrl } = parseConfiguration(environment);
    if (what === "read") return allowedPaths([".", roots.data, roots.published, roots.manifests], Deno.realPathSync);
    const redis = redisUrl === null ? [] : [new URL(redisUrl).host];
    return [`${hostInUrl(host)}:${port}`, ...redis].join(",");
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return what === "read" ? "." : "127.0.0.1"; // the server reports the wrong setting
  }
}

Deno.stdout.writeSync(new TextEncoder().encode(main(Deno.args, Deno.env.toObject()) + "\n"));
