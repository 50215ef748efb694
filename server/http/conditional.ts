import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { NEVER } from "./cache_control.ts";
import { codingHeaders, etagIn, preferredCoding } from "./coding.ts";
import { compressedAnswer } from "./compressed_answers.ts";
import { problem } from "./problem.ts";

/** Shorter bodies fit into one packet as they are, and are sooner there. */
const LEAST_TO_COMPRESS_BYTES = 1024;
/** What an answer varies by that names the address it was asked at. */
export const OF_ADDRESS: readonly string[] = [
  ...["forwarded", "host", "x-forwarded-host", "x-forwarded-prefix", "x-forwarded-proto"],
];

/** A strong ETag of a body. */
export function etagOf(body: string | Uint8Array): string {
  return `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
}

/** By what a client and a cache tell whether an answer is the one they have. */
export interface Validators {
  /** Strong. */
  readonly etag: string;
  readonly cacheControl: string;
  readonly vary?: string;
  /** An HTTP date. */
  readonly lastModified?: string;
}

/** The headers of an answer with these validators; 304 has them too. */
export function validatorHeaders({ etag, cacheControl, vary, lastModified }: Validators): Record<string, string> {
  return {
    etag,
    "cache-control": cacheControl,
    ...(vary === undefined ? {} : { vary }),
    ...(lastModified === undefined ? {} : { "last-modified": lastModified }),
  };
}

/**
 * What the client's conditions make of an answer: 412 where it wants another version, 304 where it has this one, null where
 * it gets the whole.
 * @see RFC 9110, section 13.2.2
 */
export function conditionalAnswer({ headers }: Request, validators: Validators): Response | null {
  const { etag, lastModified } = validators;
  const ifMatch = headers.get("if-match");
  if (ifMatch === null ? wasModifiedAfter(headers.get("if-unmodified-since"), lastModified) : !names(ifMatch, etag)) {
    return problem(412, "What is here is not the version that the request wants", {}, { etag });
  }
  const ifNoneMatch = headers.get("if-none-match");
  const isHeld = ifNoneMatch === null
    ? isHeldSince(headers.get("if-modified-since"), lastModified)
    : names(ifNoneMatch.replace(/(^|[\s,])W\/(?=")/g, "$1"), etag);
  return isHeld ? new Response(null, { status: 304, headers: validatorHeaders(validators) }) : null;
}

/** Whether a list of ETags has this one; `*` is any. */
function names(list: string, etag: string): boolean {
  return list.trim() === "*" || list.split(",").some((candidate) => candidate.trim() === etag);
}

function wasModifiedAfter(since: string | null, lastModified: string | undefined): boolean {
  return since !== null && lastModified !== undefined && Date.parse(lastModified) > Date.parse(since);
}

/** What is not a date says nothing. */
function isHeldSince(since: string | null, lastModified: string | undefined): boolean {
  return since !== null && lastModified !== undefined && Date.parse(lastModified) <= Date.parse(since);
}

/** Times that were written before: the same frames are asked for again and again. */
const dates = new LRUCache<string, string>({ max: 1000 });

/** A time as HTTP writes it. @param iso ISO 8601 */
export function httpDate(iso: string): string {
  let date = dates.get(iso);
  if (date === undefined) {
    date = new Date(iso).toUTCString();
    dates.set(iso, date);
  }
  return date;
}

/** JSON with a strong ETag, or 304. */
export function jsonAnswer(
  request: Request,
  value: unknown,
  cacheControl: string,
  { variesBy, lastModified }: { readonly variesBy?: readonly string[]; readonly lastModified?: string } = {},
): Response {
  const headers = {
    "content-type": "application/json",
    "cache-control": cacheControl,
    ...(lastModified === undefined ? {} : { "last-modified": lastModified }),
  };
  return textAnswer(request, JSON.stringify(value), headers, variesBy);
}

interface AnswerHeaders {
  readonly "content-type": string;
  readonly "cache-control": string;
  readonly [name: string]: string;
}

/** Bytes as they are, with a strong ETag and their length, which HEAD has to tell as well; or 304. */
export function bytesAnswer(
  request: Request,
  body: Uint8Array<ArrayBuffer>,
  headers: AnswerHeaders,
  variesBy: readonly string[] = [],
): Response {
  return encodedAnswer(request, headers, { etag: etagOf(body), vary: variesBy.join(", ") }, () => body);
}

/** A text, as `bytesAnswer`. A long one comes in the coding that the client likes best. */
export function textAnswer(
  request: Request,
  text: string,
  headers: AnswerHeaders,
  variesBy: readonly string[] = [],
): Response {
  const body = new TextEncoder().encode(text);
  if (body.length < LEAST_TO_COMPRESS_BYTES) return bytesAnswer(request, body, headers, variesBy);
  const coding = preferredCoding(request.headers.get("accept-encoding"));
  const etag = etagIn(coding, etagOf(body));
  // In one line: of several nginx takes one, and would give brotli to those who cannot read it.
  const vary = ["accept-encoding", ...variesBy].join(", ");
  const isAskedForAgain = headers["cache-control"] !== NEVER;
  return encodedAnswer(
    request,
    { ...headers, ...codingHeaders(coding) },
    { etag, vary },
    () => coding === "identity" ? body : compressedAnswer(body, coding, etag, isAskedForAgain),
  );
}

function encodedAnswer(
  request: Request,
  { "cache-control": cacheControl, "last-modified": lastModified, ...headers }: AnswerHeaders,
  { etag, vary }: { readonly etag: string; readonly vary: string },
  encode: () => Uint8Array<ArrayBuffer>,
): Response {
  const validators = {
    etag,
    cacheControl,
    ...(vary === "" ? {} : { vary }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
  const early = conditionalAnswer(request, validators);
  if (early) return early;
  const body = encode();
  return new Response(body, {
    headers: { ...headers, "content-length": String(body.length), ...validatorHeaders(validators) },
  });
}
