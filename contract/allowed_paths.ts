/**
 * The value of a `deno run` flag that allows paths, such as `--allow-read`. The target of a symbolic link is allowed
 * with the link. Such a list cannot escape a comma: instead of a path that has a comma, the nearest parent folder
 * without one is allowed.
 * @param realPath resolves symbolic links; throws when the path does not exist
 */
export function allowedPaths(paths: readonly string[], realPath: (path: string) => string): string {
  const withTarget = (path: string): string[] => {
    try {
      return [path, realPath(path)];
    } catch {
      return [path]; // the path is created later, or the command reports the problem
    }
  };
  return [...new Set(paths.flatMap(withTarget).map(withoutComma))].join(",");
}

function withoutComma(path: string): string {
  let folder = path;
  while (folder.includes(",")) folder = folder.slice(0, folder.lastIndexOf("/")) || "/";
  return folder;
}
