import type { PublicUrl } from "../contract/public_url.ts";
import { problem } from "../server/http/problem.ts";
import type { Connection } from "./client.ts";
import type { Proxies } from "./proxies.ts";

/** A name or an address, optionally with a port: a Host header may hold nothing else. */
const HOST = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::([0-9]{1,5}))?$/;
const MAX_PORT = 65_535;
const LOCAL = /^(localhost|127(\.[0-9]{1,3}){3}|\[::1\])$/;
const ADDRESS = /^(([0-9]{1,3}\.){3}[0-9]{1,3}|\[[0-9A-Fa-f:.]+\])$/;
/** Limit on remembered hosts, which bounds memory: only a client that tries out names reaches it. */
const MAX_REMEMBERED = 100;

/**
 * The host names that the server answers to. The Host header of a client ends up in URLs of answers and in caches of
 * proxies: only configured names are accepted, and URLs are built from the configuration. When no name is configured,
 * the server answers requests to IP addresses, since a foreign name cannot redirect other clients to those.
 */
export class Hosts {
  /** Public URLs by host, as browsers write it. */
  readonly #urls: ReadonlyMap<string, PublicUrl>;
  readonly #prefixes: readonly string[];
  readonly #proxies: Proxies;
  readonly #known = new Set<string>();

  /**
   * Creates the hosts.
   * @param urls as configured; none means every address that reaches the server
   */
  constructor(urls: readonly PublicUrl[], proxies: Proxies) {
    this.#urls = new Map(urls.map((url) => [new URL(url.origin).host, url]));
    this.#prefixes = [...new Set(urls.map(({ prefix }) => prefix))].filter((prefix) => prefix !== "");
    this.#proxies = proxies;
  }

  /** The answer to a request for a foreign host; null for a host of this server. */
  refusal(request: Request, connection: Connection | undefined): Response | null {
    const host = this.#hostOf(request, connection);
    if (host !== null && this.#known.has(host)) return null;
    const match = HOST.exec(host ?? "");
    if (!match || Number(match[2] ?? 0) > MAX_PORT) return problem(400, "The Host header is missing or malformed");
    if (!this.#isOurs(match[0].toLowerCase(), match[1]!.toLowerCase())) {
      const hint = this.#urls.size === 0 ? "; set TWF_V3_PUBLIC_URL to the names that it should answer for" : "";
      return problem(421, `This server does not answer for "${match[0]}"${hint}`);
    }
    if (this.#known.size < MAX_REMEMBERED) this.#known.add(host!);
    return null;
  }

  /** Base of the URLs in an answer: scheme, host, and the path that a proxy has before the server's own paths. */
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

  /** A path without the configured prefix, for proxies that leave the prefix in place. */
  ownPath(path: string): string {
    for (const prefix of this.#prefixes) {
      if (path.startsWith(`${prefix}/`)) return path.slice(prefix.length);
      if (path === prefix) return "/";
    }
    return path;
  }

  /** The requested host. HTTP/2 has no Host header; Deno puts its authority into the URL. */
  #hostOf(request: Request, connection: Connection | undefined): string | null {
    const host = this.#proxies.hostFor(request, connection) ?? request.headers.get("host");
    if (host !== null) return host;
    try {
      return new URL(request.url).host;
    } catch {
      return null; // an unreadable URL names no host
    }
  }

  #isOurs(host: string, name: string): boolean {
    if (LOCAL.test(name)) return true; // probes, and users of this machine
    return this.#urls.size === 0 ? ADDRESS.test(name) : this.#urls.has(withoutUsualPort(host));
  }
}

function withoutUsualPort(host: string): string {
  return host.replace(/:(80|443)$/, "");
}
