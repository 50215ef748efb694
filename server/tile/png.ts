import { constants, crc32, deflateSync } from "node:zlib";
import { PNG_SIGNATURE, pngChunk, pngHeader } from "../../contract/png.ts";

/** The two kinds of PNG that a tile needs: with a palette, and RGBA. */

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
    PNG_SIGNATURE,
    pngHeader(width, height, "palette", crc32),
    pngChunk("PLTE", rgb, crc32),
    ...(isOpaque ? [] : [pngChunk("tRNS", alpha, crc32)]),
    pngChunk("IDAT", deflateSync(filtered, { level: DEFLATE_LEVEL, strategy: constants.Z_RLE }), crc32),
    pngChunk("IEND", new Uint8Array(), crc32),
  ]);
}

/**
 * Encodes an RGBA image.
 * @param filtered rows of `1 + 4 * width` bytes: a filter type and RGBA bytes
 */
export function encodeTruecolorPng(width: number, height: number, filtered: Uint8Array): Uint8Array<ArrayBuffer> {
  return concatenate([
    PNG_SIGNATURE,
    pngHeader(width, height, "rgba", crc32),
    pngChunk("IDAT", deflateSync(filtered, { level: DEFLATE_LEVEL }), crc32),
    pngChunk("IEND", new Uint8Array(), crc32),
  ]);
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
