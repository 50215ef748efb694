import { BlockList, isIP } from "node:net";
import { type Network, parseNetwork } from "../contract/network.ts";
import { parsePrefix } from "../contract/public_url.ts";
import { type Connection, networkOf, peerOf } from "./client.ts";
import { type ForwardedElement, forwardedElements } from "./forwarded_header.ts";

/** What a proxy says of its client's request, beside the host. */
export interface Forwarded {
  readonly isHttps: boolean;
  /** What the proxy took away from the beginning of the path; often empty. */
  readonly prefix: string;
}

const NOTHING: Forwarded = { isHttps: false, prefix: "" };
const LOOPBACK = ["127.0.0.0/8", "::1"].map((text) => parseNetwork(text)!);

/** Proxies whose word about their clients is taken: those of this machine, and those that are configured. */
export class Proxies {
  readonly #networks = new BlockList();

  constructor(networks: readonly Network[]) {
    for (const { address, family, prefixBits } of [...LOOPBACK, ...networks]) {
      this.#networks.addSubnet(address, prefixBits, family);
    }
  }

  /**
   * Who asks: the address of the connection, or the client that a proxy names; of a chain of proxies the last one that is
   * not trusted. Anybody else could name whom he likes.
   */
  clientOf({ headers }: Request, connection: Connection | undefined): string {
    let client = peerOf(connection);
    const named = headers.get("x-forwarded-for")?.split(",").map((text) => text.trim()) ??
      forwardedElements(headers.get("forwarded")).map((element) => element.for ?? "");
    while (this.#isTrusted(client) && named.length > 0) client = withoutPort(named.pop()!) || client;
    return networkOf(client);
  }

  /** The Host header of the client's request, where the proxy says it; otherwise null. */
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

/** Of a chain of proxies the first one is the client's. */
function firstOf(headers: Headers, name: string): string | null {
  return headers.get(name)?.split(",", 1).join("").trim() ?? null;
}

/**
 * What the client's proxy says in a Forwarded header. It is read where there is none of the older ones: these are the
 * proxy's then, and this one perhaps its client's.
 */
function firstElement(headers: Headers): ForwardedElement | null {
  const header = headers.get("forwarded");
  return header === null || headers.has("x-forwarded-for") ? null : forwardedElements(header)[0] ?? null;
}

/** Of `192.0.2.1:4711` and `[2001:db8::1]:4711`, as some proxies write them, the address. */
function withoutPort(text: string): string {
  return /^\[([^\]]*)\](?::[0-9]+)?$/.exec(text)?.[1] ?? /^([0-9.]+):[0-9]+$/.exec(text)?.[1] ?? text;
}
