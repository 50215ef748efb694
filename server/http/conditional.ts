import { createHash } from "node:crypto";
import { NEVER } from "./cache_control.ts";
import { codingHeaders, etagIn, preferredCoding } from "./coding.ts";
import { compressedAnswer } from "./compressed_answers.ts";

/** Shorter bodies fit into one packet as they are, and are sooner there. */
const LEAST_TO_COMPRESS_BYTES = 1024;
/** What an answer varies by that names the address it was asked at. */
export const OF_ADDRESS: readonly string[] = ["host", "x-forwarded-proto"];

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
  readonly vary?: string;
}

/** 304: the client's copy is good. It keeps the headers a cache needs. */
export function notModified({ etag, cacheControl, vary }: Validators): Response {
  const headers = { etag, "cache-control": cacheControl, ...(vary === undefined ? {} : { vary }) };
  return new Response(null, { status: 304, headers });
}

/** JSON with a strong ETag, or 304. */
export function jsonAnswer(
  request: Request,
  value: unknown,
  cacheControl: string,
  variesBy: readonly string[] = [],
): Response {
  const headers = { "content-type": "application/json", "cache-control": cacheControl };
  return textAnswer(request, JSON.stringify(value), headers, variesBy);
}

/** Bytes as they are, with a strong ETag and their length; or 304. */
export function bytesAnswer(
  request: Request,
  body: Uint8Array<ArrayBuffer>,
  headers: AnswerHeaders,
  variesBy: readonly string[] = [],
): Response {
  const etag = etagOf(body);
  const vary = variesBy.length > 0 ? { vary: variesBy.join(", ") } : {};
  if (isNotModified(request, etag)) return notModified({ etag, cacheControl: headers["cache-control"], ...vary });
  return new Response(body, { headers: { ...headers, "content-length": String(body.length), etag, ...vary } });
}

type AnswerHeaders = { "content-type": string; "cache-control": string; [name: string]: string };

/**
 * A text with a strong ETag and its length, which HEAD has to tell as well; or 304. A long one comes in the coding that the
 * client likes best.
 */
export function textAnswer(
  request: Request,
  text: string,
  headers: AnswerHeaders,
  variesBy: readonly string[] = [],
): Response {
  const body = new TextEncoder().encode(text);
  const cacheControl = headers["cache-control"];
  if (body.length < LEAST_TO_COMPRESS_BYTES) return bytesAnswer(request, body, headers, variesBy);
  const coding = preferredCoding(request.headers.get("accept-encoding"));
  const etag = etagIn(coding, etagOf(body));
  // In one line: of several nginx takes one, and would give brotli to those who cannot read it.
  const vary = ["accept-encoding", ...variesBy].join(", ");
  if (isNotModified(request, etag)) return notModified({ etag, cacheControl, vary });
  const coded = coding === "identity" ? body : compressedAnswer(body, coding, etag, cacheControl !== NEVER);
  return new Response(coded, {
    headers: { ...headers, ...codingHeaders(coding), "content-length": String(coded.length), etag, vary },
  });
}
