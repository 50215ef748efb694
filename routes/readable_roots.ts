import { allowedPaths } from "../contract/allowed_paths.ts";
import { ConfigurationError, parseConfiguration } from "../contract/environment.ts";

/** Prints what `deno task serve` may read: the program, and where what is published is. */
function readableRoots(environment: Readonly<Record<string, string>>): string[] {
  try {
    const { data, published, manifests } = parseConfiguration(environment).roots;
    return [".", data, published, manifests];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return ["."]; // the server says what is wrong
  }
}

Deno.stdout.writeSync(
  new TextEncoder().encode(allowedPaths(readableRoots(Deno.env.toObject()), Deno.realPathSync) + "\n"),
);
