import type { Bytes } from "./messages.ts";
import { BadGribError } from "./messages.ts";
import type { Packing } from "./packing.ts";

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

/**
 * Numbers that no field contains. They are exact as float32 and as 32-bit integers, and positive, because decoders
 * differ in how they read negative integers.
 */
const PRIMARY = 2 ** 30;
const SECONDARY = 2 ** 30 + 2 ** 20;
/** The code of section 5 for substitutes that are written as integers. @see code table 5.1 */
const INTEGER = 1;

/**
 * Returns a copy of a message whose missing cells decode to numbers that no value can equal. A decoder gives the cells
 * that complex packing marks as missing the message's own substitute, which may also be the value of other cells. A
 * message whose packing marks no missing cells is returned itself.
 */
export function withOwnSubstitutes(message: Bytes, representation: number, { missingManagement }: Packing): Bytes {
  if (missingManagement === 0) return message;
  const copy = message.slice();
  const view = new DataView(copy.buffer);
  const write = (at: number, value: number) => {
    if (view.getUint8(representation + 20) === INTEGER) view.setUint32(at, value);
    else view.setFloat32(at, value);
  };
  write(representation + 23, PRIMARY);
  write(representation + 27, SECONDARY);
  return copy;
}

/** Puts NaN into the cells that were decoded to a substitute of `withOwnSubstitutes`. */
export function maskSubstitutes(values: Float32Array, { missingManagement }: Packing): void {
  if (missingManagement === 0) return;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value === PRIMARY || (missingManagement === 2 && value === SECONDARY)) values[i] = NaN;
  }
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
