import { BlockList, isIP } from "node:net";
import { type Network, parseNetwork } from "../contract/network.ts";
import { parsePrefix } from "../contract/public_url.ts";
import { type Connection, networkOf, peerOf } from "./client.ts";
import { type ForwardedElement, forwardedElements } from "./forwarded_header.ts";

/** Scheme and path prefix of a client's request, as a proxy reports them. */
export interface Forwarded {
  readonly isHttps: boolean;
  /** The path prefix that the proxy removed; often empty. */
  readonly prefix: string;
}

const NOTHING: Forwarded = { isHttps: false, prefix: "" };
const LOOPBACK = ["127.0.0.0/8", "::1"].map((text) => parseNetwork(text)!);

/** The trusted proxies, whose headers about their clients are used: those on this machine and the configured ones. */
export class Proxies {
  readonly #networks = new BlockList();

  constructor(networks: readonly Network[]) {
    for (const { address, family, prefixBits } of [...LOOPBACK, ...networks]) {
      this.#networks.addSubnet(address, prefixBits, family);
    }
  }

  /**
   * The network of the client: from the address of the connection, or from the client that a trusted proxy names; in a
   * chain of proxies the last untrusted address. An untrusted peer could name any address.
   */
  clientOf({ headers }: Request, connection: Connection | undefined): string {
    let client = peerOf(connection);
    const named = headers.get("x-forwarded-for")?.split(",").map((text) => text.trim()) ??
      forwardedElements(headers.get("forwarded")).map((element) => element.for ?? "");
    while (this.#isTrusted(client) && named.length > 0) client = withoutPort(named.pop()!) || client;
    return networkOf(client);
  }

  /** The Host header of the client's request when a trusted proxy reports it; otherwise null. */
  hostFor({ headers }: Request, connection: Connection | undefined): string | null {
    const named = firstOf(headers, "x-forwarded-host") ?? firstElement(headers)?.host ?? null;
    return named !== null && this.#isTrusted(peerOf(connection)) ? named : null;
  }

  forwarded({ headers }: Request, connection: Connection | undefined): Forwarded {
    if (!this.#isTrusted(peerOf(connection))) return NOTHING;
    const proto = firstOf(headers, "x-forwarded-proto") ?? firstElement(headers)?.proto ?? "";
    const prefix = parsePrefix(firstOf(headers, "x-forwarded-prefix") ?? "") ?? "";
    return { isHttps: proto.toLowerCase() === "https", prefix };
  }

  #isTrusted(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#networks.check(address, version === 4 ? "ipv4" : "ipv6");
  }
}

/** First value of a header: in a chain of proxies the client's own proxy wrote that one. */
function firstOf(headers: Headers, name: string): string | null {
  return headers.get(name)?.split(",", 1).join("").trim() ?? null;
}

/**
 * The first element of the Forwarded header, which the client's proxy wrote. The header is ignored beside an older one:
 * then the proxy wrote the older headers, and perhaps its client wrote this one.
 */
function firstElement(headers: Headers): ForwardedElement | null {
  const header = headers.get("forwarded");
  return header === null || headers.has("x-forwarded-for") ? null : forwardedElements(header)[0] ?? null;
}

/** The address in `192.0.2.1:4711` or `[2001:db8::1]:4711`, as some proxies write it. */
function withoutPort(text: string): string {
  return /^\[([^\]]*)\](?::[0-9]+)?$/.exec(text)?.[1] ?? /^([0-9.]+):[0-9]+$/.exec(text)?.[1] ?? text;
}
