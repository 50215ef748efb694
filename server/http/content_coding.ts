import { gzipSync } from "node:zlib";
import { etagOf, isNotModified, notModified } from "./conditional.ts";

/** A body that does not change, and the same compressed, ready to be sent. */
export interface CodedBody {
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer>;
  /** Of the body as it is; the compressed one has another. */
  readonly etag: string;
}

export function codedBody(bytes: Uint8Array<ArrayBuffer>, mediaType: string): CodedBody {
  return { mediaType, bytes, gzipped: new Uint8Array(gzipSync(bytes)), etag: etagOf(bytes) };
}

/** The body in the coding that the client accepts, or 304. Two representations have two strong ETags. */
export function codedAnswer(
  request: Request,
  { mediaType, bytes, gzipped, etag }: CodedBody,
  cacheControl: string,
): Response {
  const isGzipped = acceptsGzip(request.headers.get("accept-encoding") ?? "");
  const ownEtag = isGzipped ? etag.replace(/"$/, '-gz"') : etag;
  if (isNotModified(request, ownEtag)) return notModified({ etag: ownEtag, cacheControl });
  const body = isGzipped ? gzipped : bytes;
  return new Response(body, {
    headers: {
      "content-type": mediaType,
      "content-length": String(body.length),
      "cache-control": cacheControl,
      etag: ownEtag,
      vary: "accept-encoding",
      ...(isGzipped ? { "content-encoding": "gzip" } : {}),
    },
  });
}

/** @see RFC 9110, section 12.5.3; a weight of 0 refuses */
function acceptsGzip(header: string): boolean {
  return header.split(",").some((coding) => /^\s*gzip\s*(;\s*q=(0\.0*[1-9][0-9]*|1(\.0*)?))?\s*$/.test(coding));
}
