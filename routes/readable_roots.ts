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

/** Where a folder that is a link leads is allowed with it. */
function withTarget(path: string): string[] {
  try {
    return [path, Deno.realPathSync(path)];
  } catch {
    return [path];
  }
}

const paths = [...new Set(readableRoots(Deno.env.toObject()).flatMap(withTarget))];
// A comma in a path is doubled in a list of them.
const list = paths.map((path) => path.replaceAll(",", ",,")).join(",");
Deno.stdout.writeSync(new TextEncoder().encode(list + "\n"));
