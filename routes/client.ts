/** Where Deno.serve was asked from. */
export interface Connection {
  readonly remoteAddr?: Deno.Addr;
}

/**
 * Who asks: the address of the connection, or, of a proxy on this machine, the client that it names. Anybody else could
 * name whom he likes.
 */
export function clientOf(request: Request, connection: Connection | undefined): string {
  const peer = peerOf(connection);
  return (isLoopback(peer) ? request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() : undefined) ??
    peer;
}

/** What a proxy adds for those behind it, and a browser for the page that asks. */
const ON_BEHALF_OF = ["x-forwarded-for", "forwarded", "via", "origin"];

/** Whether a program of this machine asks by itself: no proxy for somebody else, and no page in a browser. */
export function isFromThisMachine(request: Request, connection: Connection | undefined): boolean {
  return isLoopback(peerOf(connection)) && !ON_BEHALF_OF.some((name) => request.headers.has(name));
}

export function isLoopback(address: string): boolean {
  return address === "127.0.0.1" || address === "::1";
}

/** The address of the other end of the connection. */
export function peerOf(connection: Connection | undefined): string {
  const address = connection?.remoteAddr;
  return address && "hostname" in address ? address.hostname : "unknown";
}
