import { crc32, deflateRawSync } from "node:zlib";
import { concatenate } from "../concatenate.ts";

/** Header of a gzip member: deflate, no name, no time, operating system unknown. @see RFC 1952 */
const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);

/** Compresses bytes as gzip, with a header that says nothing of the time or the machine. */
export function gzip(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const trailer = new DataView(new ArrayBuffer(8));
  trailer.setUint32(0, crc32(bytes), true);
  trailer.setUint32(4, bytes.length % 2 ** 32, true);
  return concatenate([HEADER, deflateRawSync(bytes, { level: 9 }), new Uint8Array(trailer.buffer)]);
}
