import { dirname } from "node:path";

/**
 * The value of a `deno run` flag that allows paths, such as `--allow-read`. Where a path that is a link leads is allowed
 * with it. Such a list has no way to write a comma: of a path with one, the nearest folder above without one is allowed.
 */
export function allowedPaths(paths: readonly string[]): string {
  return [...new Set(paths.flatMap(withTarget).map(withoutComma))].join(",");
}

function withTarget(path: string): string[] {
  try {
    return [path, Deno.realPathSync(path)];
  } catch {
    return [path]; // it is made later, or the command says what is wrong with it
  }
}

function withoutComma(path: string): string {
  let folder = path;
  while (folder.includes(",")) folder = dirname(folder);
  return folder;
}
