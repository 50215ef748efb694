/**
 * The value of a `deno run` flag that allows paths, such as `--allow-read`. Where a path that is a link leads is allowed
 * with it. Such a list has no way to write a comma: of a path with one, the nearest folder above without one is allowed.
 * @param realPath where a path leads; throws where there is nothing
 */
export function allowedPaths(paths: readonly string[], realPath: (path: string) => string): string {
  const withTarget = (path: string): string[] => {
    try {
      return [path, realPath(path)];
    } catch {
      return [path]; // it is made later, or the command says what is wrong with it
    }
  };
  return [...new Set(paths.flatMap(withTarget).map(withoutComma))].join(",");
}

function withoutComma(path: string): string {
  let folder = path;
  while (folder.includes(",")) folder = folder.slice(0, folder.lastIndexOf("/")) || "/";
  return folder;
}
