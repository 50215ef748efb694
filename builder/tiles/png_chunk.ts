import { crc32 } from "node:zlib";

/** First bytes of a PNG. @see ISO/IEC 15948 */
export const PNG_SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Pixel formats of 8 bits per sample that are written, by their number in IHDR. */
const COLOR_TYPES = { rgb: 2, palette: 3 } as const;

/** Encodes a chunk: its length, type, data and checksum. */
export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

/** Encodes the header of an image that is not interlaced. */
export function pngHeader(width: number, height: number, colorType: keyof typeof COLOR_TYPES): Uint8Array {
  const bytes = new Uint8Array(13);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  bytes[8] = 8; // bits per sample
  bytes[9] = COLOR_TYPES[colorType];
  return pngChunk("IHDR", bytes);
}
