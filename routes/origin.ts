/** Scheme and host as the client sees them; a proxy in front says which scheme that is. */
export function originOf(request: Request): string {
  const { protocol, host } = new URL(request.url);
  return `${request.headers.get("x-forwarded-proto") === "https" ? "https:" : protocol}//${host}`;
}
