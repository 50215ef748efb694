/** Where Deno.serve was asked from. */
export interface Connection {
  readonly remoteAddr?: Deno.Addr;
}

/**
 * Who asks: the address of the connection, or, of a proxy on this machine, the client that it names. Anybody else could
 * name whom he likes.
 */
export function clientOf(request: Request, connection: Connection | undefined): string {
  const address = connection?.remoteAddr;
  const peer = address && "hostname" in address ? address.hostname : "unknown";
  const isProxy = peer === "127.0.0.1" || peer === "::1";
  return (isProxy ? request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() : undefined) ?? peer;
}
