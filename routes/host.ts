import { problem } from "../server/http/problem.ts";
import { type Connection, isLoopback, peerOf } from "./client.ts";

/** A name or an address, and perhaps a port: nothing else may stand in a Host header. */
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::([0-9]{1,5}))?$/;
const MAX_PORT = 65_535;
const LOCAL = /^(localhost|127(\.[0-9]{1,3}){3}|\[::1\])$/;
const ADDRESS = /^(([0-9]{1,3}\.){3}[0-9]{1,3}|\[[0-9A-Fa-f:.]+\])$/;
/** Bounds memory: nobody has more names than that, but for somebody who tries them. */
const MAX_REMEMBERED = 100;

/**
 * The names that the server answers to. What a client writes into its Host header is in addresses of answers, and in caches
 * of proxies: only names that were configured are taken, and addresses are built from the configuration. Without one, what
 * is reached by a number is answered, since no name can lead others there.
 */
export class Hosts {
  /** Origins by host, as browsers write it. */
  readonly #origins: ReadonlyMap<string, string>;
  readonly #known = new Set<string>();

  /** @param origins as configured; none for whatever address the server is reached at */
  constructor(origins: readonly string[]) {
    this.#origins = new Map(origins.map((origin) => [new URL(origin).host, origin]));
  }

  /** The answer to a request for a host that is not ours; null when it is. */
  refusal(request: Request): Response | null {
    const host = hostOf(request);
    if (host !== null && this.#known.has(host)) return null;
    const match = HOST.exec(host ?? "");
    if (!match || Number(match[2] ?? 0) > MAX_PORT) return problem(400, "The Host header names no host");
    if (!this.#isOurs(match[0].toLowerCase(), match[1]!.toLowerCase())) {
      const hint = this.#origins.size === 0 ? "; TWF_V3_PUBLIC_URL names those that it is to have" : "";
      return problem(421, `This server does not answer for "${match[0]}"${hint}`);
    }
    if (this.#known.size < MAX_REMEMBERED) this.#known.add(host!);
    return null;
  }

  /** Scheme and host of the addresses in an answer. */
  originFor(request: Request, connection: Connection | undefined): string {
    const host = hostOf(request)!.toLowerCase();
    const [first] = this.#origins.values();
    if (first !== undefined) return this.#origins.get(withoutUsualPort(host)) ?? first;
    return `${isForwardedHttps(request, connection) ? "https" : "http"}://${host}`;
  }

  #isOurs(host: string, name: string): boolean {
    if (LOCAL.test(name)) return true; // probes, and people on this machine
    return this.#origins.size === 0 ? ADDRESS.test(name) : this.#origins.has(withoutUsualPort(host));
  }
}

/** HTTP/2 has no such header; Deno gives its authority in the URL. */
function hostOf(request: Request): string | null {
  const header = request.headers.get("host");
  if (header !== null) return header;
  try {
    return new URL(request.url).host;
  } catch {
    return null; // what cannot be read names no host
  }
}

function withoutUsualPort(host: string): string {
  return host.replace(/:(80|443)$/, "");
}

/** What a proxy on this machine says of its client's connection. */
function isForwardedHttps(request: Request, connection: Connection | undefined): boolean {
  if (!isLoopback(peerOf(connection))) return false;
  // Of a chain of proxies the first one is the client's.
  const [first = ""] = (request.headers.get("x-forwarded-proto") ?? "").split(",");
  return first.trim().toLowerCase() === "https";
}
