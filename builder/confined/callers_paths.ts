import { resolve } from "node:path";
import { parseArgs } from "node:util";

/** Options whose values are paths. */
const PATHS = { "data-root": { type: "string" }, grib: { type: "string", multiple: true } } as const;

/**
 * Returns the arguments with absolute paths. Problem: the working directory of a task is the project, but a caller who
 * writes a relative path means the caller's own folder.
 * @param folder the caller's working directory
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
