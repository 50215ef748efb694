import { callForHandle } from "./library.ts";

/** Buffer for inflated blocks. Calls are synchronous, so only one uses it at a time. */
let inflated = new Uint8Array(0);

/**
 * Inflates a zlib stream (RFC 1950) with GDAL's own decompressor, which checks the stream's checksum.
 * @param maxBytes most bytes that it may inflate to
 * @returns bytes that the next call overwrites
 * @throws GdalError when the stream is damaged or inflates to more
 */
export function inflate(stream: Uint8Array<ArrayBuffer>, maxBytes: number): Uint8Array<ArrayBuffer> {
  if (inflated.length < maxBytes) inflated = new Uint8Array(maxBytes);
  const length = new BigUint64Array(1);
  callForHandle(
    "CPLZLibInflate",
    null,
    ({ CPLZLibInflate }) => CPLZLibInflate(stream, BigInt(stream.length), inflated, BigInt(maxBytes), length),
  );
  return inflated.subarray(0, Number(length[0]));
}
