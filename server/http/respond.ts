import { NEVER } from "./cache_control.ts";
import { conditionalAnswer, validatorHeaders } from "./conditional.ts";
import { type EncodedBody, TextBody } from "./encoded_body.ts";
import { etagIn } from "./etag.ts";
import { type Coding, preferredCoding } from "./negotiate.ts";
import { contentRange, parseRange, unsatisfiable } from "./range.ts";

/** Request headers on which an answer depends when it contains the server's own address. */
export const ADDRESS_HEADERS: readonly string[] = [
  "forwarded",
  "host",
  "x-forwarded-host",
  "x-forwarded-prefix",
  "x-forwarded-proto",
];

export interface ResponseOptions {
  readonly cacheControl: string;
  /** An HTTP date. */
  readonly lastModified?: string;
  /** Request headers, in lower case, that the body depends on; Accept-Encoding is added when needed. */
  readonly variesBy?: readonly string[];
  /** Whether byte ranges are supported. */
  readonly hasRanges?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Answers with a body: in the coding that the client prefers, with a strong ETag; 304 or 412 by the conditions of the
 * request; a byte range when ranges are supported. All answers but tiles and COGs go through this function: those are
 * drawn or read only after their validators were compared.
 */
export function respond(request: Request, body: EncodedBody, options: ResponseOptions): Response {
  const { cacheControl, lastModified, variesBy = [], hasRanges = false } = options;
  const coding = codingFor(request, body, hasRanges);
  // One header line: nginx reads only the first of several, and would send Brotli to clients that cannot read it.
  const vary = [...(body.isCompressible ? ["accept-encoding"] : []), ...variesBy].join(", ");
  const validators = {
    etag: etagIn(coding, body.etag),
    cacheControl,
    ...(vary === "" ? {} : { vary }),
    ...(lastModified === undefined ? {} : { lastModified }),
  };
  const early = conditionalAnswer(request, validators);
  if (early) return early;
  const bytes = body.as(coding);
  const headers = {
    "content-type": body.mediaType,
    ...(hasRanges ? { "accept-ranges": "bytes" } : {}),
    ...options.headers,
    ...validatorHeaders(validators),
    ...(coding === "identity" ? {} : { "content-encoding": coding }),
  };
  const range = hasRanges ? parseRange(request, bytes.length, validators) : null;
  if (range === "unsatisfiable") return unsatisfiable(bytes.length);
  if (range === null) return new Response(bytes, { headers: { ...headers, "content-length": String(bytes.length) } });
  return new Response(bytes.subarray(range.start, range.end), {
    status: 206,
    headers: {
      ...headers,
      "content-length": String(range.end - range.start),
      "content-range": contentRange(range, bytes.length),
    },
  });
}

/**
 * The coding of the answer. A range refers to the uncompressed body: a client cannot use part of a body that was
 * compressed for one answer.
 */
function codingFor({ headers }: Request, { isCompressible }: EncodedBody, hasRanges: boolean): Coding {
  if (!isCompressible || (hasRanges && headers.has("range"))) return "identity";
  return preferredCoding(headers.get("accept-encoding"));
}

/** Answers with a text. @see respond */
export function respondText(request: Request, text: string, mediaType: string, options: ResponseOptions): Response {
  return respond(request, new TextBody(text, mediaType, options.cacheControl !== NEVER), options);
}

/** Answers with JSON. @see respond */
export function respondJson(request: Request, value: unknown, options: ResponseOptions): Response {
  return respondText(request, JSON.stringify(value), "application/json", options);
}
