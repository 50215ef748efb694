import { createHash } from "node:crypto";

/** A strong ETag of a body. */
export function etagOf(body: string | Uint8Array): string {
  return `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
}

/** Whether the client holds this version. @see RFC 9110, section 13.1.2 */
export function isNotModified(request: Request, etag: string): boolean {
  const header = request.headers.get("if-none-match");
  if (header === null) return false;
  if (header.trim() === "*") return true;
  return header.split(",").some((candidate) => candidate.trim().replace(/^W\//, "") === etag);
}

export interface Validators {
  readonly etag: string;
  readonly cacheControl: string;
}

/** 304: the client's copy is good. It keeps the headers a cache needs. */
export function notModified({ etag, cacheControl }: Validators): Response {
  return new Response(null, { status: 304, headers: { etag, "cache-control": cacheControl } });
}

/** JSON with a strong ETag, or 304. */
export function jsonAnswer(request: Request, value: unknown, cacheControl: string): Response {
  return textAnswer(request, JSON.stringify(value), {
    "content-type": "application/json",
    "cache-control": cacheControl,
  });
}

/** A text with a strong ETag and its length, which HEAD has to tell as well; or 304. */
export function textAnswer(
  request: Request,
  text: string,
  headers: { "content-type": string; "cache-control": string; [name: string]: string },
): Response {
  const body = new TextEncoder().encode(text);
  const etag = etagOf(body);
  if (isNotModified(request, etag)) return notModified({ etag, cacheControl: headers["cache-control"] });
  return new Response(body, { headers: { ...headers, "content-length": String(body.length), etag } });
}
