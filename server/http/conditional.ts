import { LRUCache } from "lru-cache";
import { problem } from "./problem.ts";

/** Validators by which a client or a cache recognizes the answer that it already has. */
export interface Validators {
  /** A strong ETag. */
  readonly etag: string;
  readonly cacheControl: string;
  readonly vary?: string;
  /** An HTTP date. */
  readonly lastModified?: string;
}

/** The headers of an answer with these validators; a 304 answer has them too. */
export function validatorHeaders({ etag, cacheControl, vary, lastModified }: Validators): Record<string, string> {
  return {
    etag,
    "cache-control": cacheControl,
    ...(vary === undefined ? {} : { vary }),
    ...(lastModified === undefined ? {} : { "last-modified": lastModified }),
  };
}

/**
 * The answer that follows from the request's conditions: 412 when the client wants another version, 304 when it has
 * this one, null when it gets the full answer.
 * @see RFC 9110, section 13.2.2
 */
export function conditionalAnswer({ headers }: Request, validators: Validators): Response | null {
  const { etag, lastModified } = validators;
  const ifMatch = headers.get("if-match");
  if (ifMatch === null ? wasModifiedAfter(headers.get("if-unmodified-since"), lastModified) : !names(ifMatch, etag)) {
    return problem(412, "The current version does not match the request's precondition", {}, { etag });
  }
  const ifNoneMatch = headers.get("if-none-match");
  const isHeld = ifNoneMatch === null
    ? isHeldSince(headers.get("if-modified-since"), lastModified)
    : names(ifNoneMatch.replace(/(^|[\s,])W\/(?=")/g, "$1"), etag);
  return isHeld ? new Response(null, { status: 304, headers: validatorHeaders(validators) }) : null;
}

/** Whether a list of ETags contains this one; `*` matches any. */
function names(list: string, etag: string): boolean {
  return list.trim() === "*" || list.split(",").some((candidate) => candidate.trim() === etag);
}

function wasModifiedAfter(since: string | null, lastModified: string | undefined): boolean {
  return since !== null && lastModified !== undefined && Date.parse(lastModified) > Date.parse(since);
}

/** Whether the client's date is not before the last modification. An invalid date is ignored. */
function isHeldSince(since: string | null, lastModified: string | undefined): boolean {
  return since !== null && lastModified !== undefined && Date.parse(lastModified) <= Date.parse(since);
}

/** Formatted times: the same frames are requested again and again. */
const dates = new LRUCache<string, string>({ max: 1000 });

/** Formats a time for HTTP headers. @param iso ISO 8601 */
export function httpDate(iso: string): string {
  let date = dates.get(iso);
  if (date === undefined) {
    date = new Date(iso).toUTCString();
    dates.set(iso, date);
  }
  return date;
}
