import { callForHandle } from "./library.ts";

/** Bytes by which data that cannot be compressed grows: 5 for each 64 KB, and the frame of a zlib stream. */
const GROWTH_BYTES = 64;

/** Buffer for compressed blocks. Calls are synchronous, so only one uses it at a time. */
let compressed = new Uint8Array(0);

/**
 * Deflates a block as a zlib stream (RFC 1950) with GDAL's own compressor: libdeflate where GDAL was built with it,
 * which takes half the time of zlib.
 * @param level 1 is fastest, 9 is smallest
 * @throws GdalError
 */
export function deflate(bytes: Uint8Array<ArrayBuffer>, level: number): Uint8Array<ArrayBuffer> {
  const bound = bytes.length + Math.ceil(bytes.length / 1000) + GROWTH_BYTES;
  if (compressed.length < bound) compressed = new Uint8Array(bound);
  const length = new BigUint64Array(1);
  callForHandle(
    "CPLZLibDeflate",
    null,
    ({ CPLZLibDeflate }) =>
      CPLZLibDeflate(bytes, BigInt(bytes.length), level, compressed, BigInt(compressed.length), length),
  );
  return compressed.slice(0, Number(length[0]));
}
