import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** Options whose values are paths. */
const PATHS = { "data-root": { type: "string" }, grib: { type: "string", multiple: true } } as const;

/**
 * The same arguments with absolute paths. Problem: the working directory of a task is the project, but whoever writes a
 * relative path means the folder in which they stand.
 * @param folder where the caller stands
 */
export function withCallersPaths(args: readonly string[], folder: string): string[] {
  const { tokens } = parseArgs({ args: [...args], options: PATHS, strict: false, tokens: true });
  const resolved = [...args];
  for (const token of tokens) {
    if (token.kind !== "option" || !Object.hasOwn(PATHS, token.name) || !token.value) continue;
    const path = resolve(folder, token.value);
    if (token.inlineValue) resolved[token.index] = `${token.rawName}=${path}`;
    else resolved[token.index + 1] = path;
  }
  return resolved;
}
