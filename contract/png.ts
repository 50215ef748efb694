import type { Crc32 } from "./row_index.ts";

/**
 * The container of a PNG: signature, chunks and header of an image with 8 bits per sample that is not interlaced. The
 * checksum is passed in, since this room has no library.
 * @see ISO/IEC 15948
 */

export const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Color types, by their number in the header. */
export const PNG_COLOR = { rgb: 2, palette: 3, rgba: 6 } as const;

/** Filter types of a row. */
export const PNG_FILTER = { none: 0, sub: 1, up: 2 } as const;

/** Encodes a chunk: its length, type, data and checksum. */
export function pngChunk(type: string, data: Uint8Array, crc32: Crc32): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** Encodes the header of an image. */
export function pngHeader(
  width: number,
  height: number,
  color: keyof typeof PNG_COLOR,
  crc32: Crc32,
): Uint8Array {
  const bytes = new Uint8Array(13);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  bytes[8] = 8; // bits per sample
  bytes[9] = PNG_COLOR[color];
  return pngChunk("IHDR", bytes, crc32);
}
