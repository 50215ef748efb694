import { type Coding, codingHeaders, encode, etagIn, preferredCoding, QUALITY_WHILE_WAITING } from "./coding.ts";
import { contentRange, parseRange, unsatisfiable } from "./range.ts";
import { conditionalAnswer, etagOf, validatorHeaders } from "./conditional.ts";

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

/** The body in the coding that the client likes best, a range of it as it is, or 304. */
export function codedAnswer(
  request: Request,
  body: CodedBody,
  { cacheControl, lastModified, downloadName }: {
    readonly cacheControl: string;
    readonly lastModified: string;
    /** What the file is called in a folder of downloads. */
    readonly downloadName?: string;
  },
): Response {
  // Bytes of a coding that was made here are of no use to anybody who asks for a part.
  const coding = request.headers.has("range") ? "identity" : preferredCoding(request.headers.get("accept-encoding"));
  const validators = { etag: etagIn(coding, body.etag), cacheControl, vary: "accept-encoding", lastModified };
  const early = conditionalAnswer(request, validators);
  if (early) return early;
  const bytes = body.in(coding);
  const headers = {
    "content-type": body.mediaType,
    "accept-ranges": "bytes",
    ...(downloadName === undefined ? {} : { "content-disposition": `inline; filename="${downloadName}"` }),
    ...validatorHeaders(validators),
    ...codingHeaders(coding),
  };
  const range = parseRange(request, bytes.length, validators);
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
