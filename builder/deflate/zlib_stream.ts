import { concatenate } from "../concatenate.ts";
import { adler32 } from "./adler32.ts";

/** Header of a zlib stream with a window of 32 KiB and the fastest level (RFC 1950, section 2.2). */
export const ZLIB_HEADER = Uint8Array.of(0x78, 0x01);

/**
 * Frames a raw DEFLATE stream as a zlib stream.
 * @param deflated parts of the raw stream
 * @param bytes what it inflates to: a whole number of words, aligned to words
 */
export function zlibStream(
  deflated: readonly Uint8Array[],
  bytes: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const checksum = new Uint8Array(4);
  new DataView(checksum.buffer).setUint32(0, adler32(bytes));
  return concatenate([ZLIB_HEADER, ...deflated, checksum]);
}
