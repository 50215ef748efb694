/**
 * A path of the server as the page asks for it: relative to itself. The page stands beside the server's other roots, wherever
 * a proxy has put them.
 */
export function siteUrl(path: string): string {
  return path.replace(/^\//, "");
}
