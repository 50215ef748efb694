import type { PublicUrl } from "../contract/public_url.ts";
import { problem } from "../server/http/problem.ts";
import type { Connection } from "./client.ts";
import type { Proxies } from "./proxies.ts";

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
  /** By host, as browsers write it. */
  readonly #urls: ReadonlyMap<string, PublicUrl>;
  readonly #prefixes: readonly string[];
  readonly #proxies: Proxies;
  readonly #known = new Set<string>();

  /** @param urls as configured; none for whatever address the server is reached at */
  constructor(urls: readonly PublicUrl[], proxies: Proxies) {
    this.#urls = new Map(urls.map((url) => [new URL(url.origin).host, url]));
    this.#prefixes = [...new Set(urls.map(({ prefix }) => prefix))].filter((prefix) => prefix !== "");
    this.#proxies = proxies;
  }

  /** The answer to a request for a host that is not ours; null when it is. */
  refusal(request: Request, connection: Connection | undefined): Response | null {
    const host = this.#hostOf(request, connection);
    if (host !== null && this.#known.has(host)) return null;
    const match = HOST.exec(host ?? "");
    if (!match || Number(match[2] ?? 0) > MAX_PORT) return problem(400, "The Host header names no host");
    if (!this.#isOurs(match[0].toLowerCase(), match[1]!.toLowerCase())) {
      const hint = this.#urls.size === 0 ? "; TWF_V3_PUBLIC_URL names those that it is to have" : "";
      return problem(421, `This server does not answer for "${match[0]}"${hint}`);
    }
    if (this.#known.size < MAX_REMEMBERED) this.#known.add(host!);
    return null;
  }

  /** What the addresses in an answer begin with: scheme, host, and what a proxy has before our own paths. */
  baseFor(request: Request, connection: Connection | undefined): string {
    const host = this.#hostOf(request, connection)!.toLowerCase();
    const [first] = this.#urls.values();
    if (first !== undefined) {
      const { origin, prefix } = this.#urls.get(withoutUsualPort(host)) ?? first;
      return origin + prefix;
    }
    const { isHttps, prefix } = this.#proxies.forwarded(request, connection);
    return `${isHttps ? "https" : "http"}://${host}${prefix}`;
  }

  /** A path without what is configured to come before our own, for proxies that leave it there. */
  ownPath(path: string): string {
    for (const prefix of this.#prefixes) {
      if (path.startsWith(`${prefix}/`)) return path.slice(prefix.length);
      if (path === prefix) return "/";
    }
    return path;
  }

  /** Whom the client asked. HTTP/2 has no such header; Deno gives its authority in the URL. */
  #hostOf(request: Request, connection: Connection | undefined): string | null {
    const host = this.#proxies.hostFor(request, connection) ?? request.headers.get("host");
    if (host !== null) return host;
    try {
      return new URL(request.url).host;
    } catch {
      return null; // what cannot be read names no host
    }
  }

  #isOurs(host: string, name: string): boolean {
    if (LOCAL.test(name)) return true; // probes, and people on this machine
    return this.#urls.size === 0 ? ADDRESS.test(name) : this.#urls.has(withoutUsualPort(host));
  }
}

function withoutUsualPort(host: string): string {
  return host.replace(/:(80|443)$/, "");
}
