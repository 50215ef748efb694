/** The remote end of a connection, as `Deno.serve` passes it. */
export interface Connection {
  readonly remoteAddr?: Deno.Addr;
}

/**
 * Returns the network of an address: an IPv6 address's /64, which one customer usually has whole; an IPv4 address in
 * any notation stays itself.
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:([0-9]+(?:\.[0-9]+){3})$/i.exec(address);
  if (mapped) return mapped[1]!;
  if (!address.includes(":")) return address;
  const [start = "", end] = address.toLowerCase().split("::");
  const groups = (text: string | undefined) => text ? text.split(":") : [];
  const [first, last] = [groups(start), groups(end)];
  const zeros = end === undefined ? [] : Array<string>(Math.max(0, 8 - first.length - last.length)).fill("0");
  const network = [...first, ...zeros, ...last].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ""));
  return `${network.join(":")}::/64`;
}

/** Headers that a proxy adds about its clients, and a browser about the page that sends the request. */
const ON_BEHALF_OF = ["x-forwarded-for", "x-forwarded-host", "forwarded", "via", "origin"];

/** Whether a program on this machine sent the request itself: no proxy for another client, and no page in a browser. */
export function isFromThisMachine(request: Request, connection: Connection | undefined): boolean {
  return isLoopback(peerOf(connection)) && !ON_BEHALF_OF.some((name) => request.headers.has(name));
}

function isLoopback(address: string): boolean {
  return address === "127.0.0.1" || address === "::1";
}

/** The address of the other end of the connection. */
export function peerOf(connection: Connection | undefined): string {
  const address = connection?.remoteAddr;
  return address && "hostname" in address ? address.hostname : "unknown";
}
