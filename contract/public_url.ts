import { API_ROOT, COGS_ROOT, PAGE_URL, RESET_URL, TILES_ROOT, WMTS_ROOT } from "./urls.ts";

/** An address at which readers find the server. */
export interface PublicUrl {
  /** Scheme and host, as browsers write them. */
  readonly origin: string;
  /** Path before the server's own paths, such as `/weather`; often empty. */
  readonly prefix: string;
}

const PREFIX = /^(\/[A-Za-z0-9._~-]+)*$/;
const firstSegment = (path: string) => path.split("/")[1] ?? "";
const OWN_FIRST_SEGMENTS = [
  ...[API_ROOT, COGS_ROOT, PAGE_URL, TILES_ROOT, WMTS_ROOT, RESET_URL].map(firstSegment),
  "livez",
  "readyz",
  "health",
  "metrics",
  "favicon.ico",
  "robots.txt",
];

/**
 * Parses a path that may come before the server's own paths; null for other text. The first segment must not be one of
 * the server's own: a path with such a prefix could not be distinguished from a path without one.
 */
export function parsePrefix(text: string): string | null {
  const prefix = text.replace(/\/$/, "");
  const isClear = PREFIX.test(prefix) && !OWN_FIRST_SEGMENTS.includes(firstSegment(prefix)) &&
    !prefix.split("/").some((segment) => /^\.+$/.test(segment));
  return isClear ? prefix : null;
}

/** Parses an http or https URL without a user, a query or a fragment; null for other text. */
export function parsePublicUrl(text: string): PublicUrl | null {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== url.origin + url.pathname) return null;
  const prefix = parsePrefix(url.pathname);
  return prefix === null ? null : { origin: url.origin, prefix };
}
