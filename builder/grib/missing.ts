import { BadGribError } from "./messages.ts";

/**
 * Missing cells of a field: cells that the bitmap of section 6 leaves out, and cells that complex packing marks. A cell
 * is never missing because of its value: a visibility of 9999 m is a visibility of 9999 m.
 */

const BITMAP_FOLLOWS = 0;
export const SAME_BITMAP = 254;
const NO_BITMAP = 255;
const BITMAP_HEADER_BYTES = 6;

/**
 * Reads the bitmap: 0 or 1 for each point of the grid, in the message's own order. Null when the field has no bitmap.
 * @param at the offset of section 6: the field's own, or the one the field refers to
 * @throws BadGribError for a bitmap of the wrong length, or one that is not in the message
 */
export function readBitmap(view: DataView, at: number, points: number): Uint8Array | null {
  const indicator = view.getUint8(at + 5);
  if (indicator === NO_BITMAP) return null;
  if (indicator !== BITMAP_FOLLOWS) {
    throw new BadGribError(`bitmap indicator ${indicator}, expected a bitmap in the message (0) or none (255)`);
  }
  const wanted = BITMAP_HEADER_BYTES + Math.ceil(points / 8);
  if (view.getUint32(at) !== wanted) {
    throw new BadGribError(`bitmap section of ${view.getUint32(at)} bytes, expected ${wanted} for ${points} points`);
  }
  const bits = new Uint8Array(points);
  const first = at + BITMAP_HEADER_BYTES;
  for (let i = 0; i < points; i++) bits[i] = (view.getUint8(first + (i >> 3)) >> (7 - (i & 7))) & 1;
  return bits;
}

/** Returns the number of points that the bitmap does not leave out. */
export function countPresent(bitmap: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bitmap.length; i++) count += bitmap[i]!;
  return count;
}

/** Puts the packed values at the points that the bitmap does not leave out, and NaN at the others. */
export function spreadOver(bitmap: Uint8Array, packed: Float32Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(bitmap.length);
  for (let i = 0, next = 0; i < bitmap.length; i++) values[i] = bitmap[i] ? packed[next++]! : NaN;
  return values;
}

/**
 * Puts NaN into the cells that the bitmap leaves out.
 * @param values row 0 north
 * @param isFromSouth whether the message's first row is the southernmost
 */
export function maskByBitmap(values: Float32Array, bitmap: Uint8Array, width: number, isFromSouth: boolean): void {
  const height = values.length / width;
  for (let row = 0; row < height; row++) {
    const from = (isFromSouth ? height - 1 - row : row) * width;
    for (let column = 0, at = row * width; column < width; column++, at++) {
      if (bitmap[from + column] === 0) values[at] = NaN;
    }
  }
}
