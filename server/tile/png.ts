import { constants, crc32, deflateSync } from "node:zlib";

/** PNG, ISO/IEC 15948: only the two kinds that a tile needs, both with 8 bits per sample and not interlaced. */

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const PALETTE = 3;
const TRUECOLOR_ALPHA = 6;

/** Filter types of a row. */
export const FILTER_NONE = 0;
export const FILTER_SUB = 1;
export const FILTER_UP = 2;

/**
 * Deflate level with the best size × time (docs/PERFORMANCE.md). For palette numbers, run-length encoding of the
 * differences from pixel to pixel halves the bytes of level 1, at a third more time; higher levels gain less for their
 * time.
 */
const DEFLATE_LEVEL = 1;

/**
 * Encodes an image with a palette.
 * @param filtered rows of `1 + width` bytes: a filter type and palette numbers
 * @param colors RGBA words in memory order
 */
export function encodePalettePng(
  width: number,
  height: number,
  filtered: Uint8Array,
  colors: Uint32Array,
): Uint8Array<ArrayBuffer> {
  const rgba = new Uint8Array(colors.buffer, colors.byteOffset, colors.length * 4);
  const rgb = new Uint8Array(colors.length * 3);
  const alpha = new Uint8Array(colors.length);
  for (let i = 0; i < colors.length; i++) {
    rgb.set(rgba.subarray(i * 4, i * 4 + 3), i * 3);
    alpha[i] = rgba[i * 4 + 3]!;
  }
  const isOpaque = alpha.every((value) => value === 255);
  return concatenate([
    SIGNATURE,
    chunk("IHDR", header(width, height, PALETTE)),
    chunk("PLTE", rgb),
    ...(isOpaque ? [] : [chunk("tRNS", alpha)]),
    chunk("IDAT", deflateSync(filtered, { level: DEFLATE_LEVEL, strategy: constants.Z_RLE })),
    chunk("IEND", new Uint8Array()),
  ]);
}

/**
 * Encodes an RGBA image.
 * @param filtered rows of `1 + 4 * width` bytes: a filter type and RGBA bytes
 */
export function encodeTruecolorPng(width: number, height: number, filtered: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatenate([
    SIGNATURE,
    chunk("IHDR", header(width, height, TRUECOLOR_ALPHA)),
    chunk("IDAT", deflateSync(filtered, { level: DEFLATE_LEVEL })),
    chunk("IEND", new Uint8Array()),
  ]);
}

function header(width: number, height: number, colorType: number): Uint8Array {
  const bytes = new Uint8Array(13);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  bytes[8] = 8; // bits per sample
  bytes[9] = colorType;
  return bytes;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
