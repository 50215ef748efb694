import { type Coding, codingHeaders, encode, etagIn, preferredCoding, QUALITY_WHILE_WAITING } from "./coding.ts";
import { etagOf, isNotModified, notModified } from "./conditional.ts";

/** A body that does not change. Each coding of it is made once, when it is first asked for. */
export class CodedBody {
  /** Of the body as it is; compressed ones have others. */
  readonly etag: string;
  readonly #coded: Map<Coding, Uint8Array<ArrayBuffer>>;

  constructor(
    readonly bytes: Uint8Array<ArrayBuffer>,
    readonly mediaType: string,
    readonly brotliQuality: number = QUALITY_WHILE_WAITING,
  ) {
    this.etag = etagOf(bytes);
    this.#coded = new Map([["identity", bytes]]);
  }

  in(coding: Coding): Uint8Array<ArrayBuffer> {
    let coded = this.#coded.get(coding);
    if (!coded) {
      coded = encode(this.bytes, coding, this.brotliQuality);
      this.#coded.set(coding, coded);
    }
    return coded;
  }
}

/** The body in the coding that the client likes best, or 304. */
export function codedAnswer(request: Request, body: CodedBody, cacheControl: string): Response {
  const coding = preferredCoding(request.headers.get("accept-encoding"));
  const etag = etagIn(coding, body.etag);
  const vary = "accept-encoding";
  if (isNotModified(request, etag)) return notModified({ etag, cacheControl, vary });
  const bytes = body.in(coding);
  return new Response(bytes, {
    headers: {
      "content-type": body.mediaType,
      "content-length": String(bytes.length),
      "cache-control": cacheControl,
      etag,
      vary,
      ...codingHeaders(coding),
    },
  });
}
