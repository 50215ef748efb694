/**
 * Converts a path of the server to a URL relative to the page. The page stands beside the server's other roots,
 * wherever a proxy has put them.
 */
export function siteUrl(path: string): string {
  return path.replace(/^\//, "");
}
