import { lowerEdge } from "../../contract/legend.ts";
import type { Field } from "../field/field.ts";
import type { Palette } from "./palette.ts";

/**
 * An image of palette numbers: 0 is transparent, and number `i` is entry `i - 1` of the palette's colours. Row-major,
 * row 0 is the northernmost.
 */
export interface NumberedImage {
  readonly width: number;
  readonly height: number;
  readonly numbers: Uint8Array<ArrayBuffer>;
}

/** The number of pixels that are not drawn: nodata, and values that the palette leaves out. */
export const TRANSPARENT = 0;

/** Returns the palette number of one value. Values beyond the palette take the number of its end. */
export function paletteNumber(value: number, palette: Palette): number {
  if (Number.isNaN(value)) return TRANSPARENT;
  if (palette.undrawn !== undefined && value < lowerEdge(palette.undrawn.below)) return TRANSPARENT;
  if (palette.type === "smooth") {
    const { min, max, colors: { length } } = palette;
    const entry = Math.floor((value - min) * ((length - 1) / (max - min)) + 0.5);
    return 1 + Math.min(Math.max(entry, 0), length - 1);
  }
  let entry = 0;
  while (entry + 1 < palette.edges.length && value >= lowerEdge(palette.edges[entry + 1]!)) entry++;
  return 1 + entry;
}

/** Returns RGBA words in memory order, by palette number. */
export function paletteColors({ colors }: Palette): Uint32Array<ArrayBuffer> {
  return new Uint32Array(Uint8Array.from([0, 0, 0, 0, ...colors.flatMap((rgb) => [...rgb, 255])]).buffer);
}

/**
 * Numbers the pixels of a field of rounded values.
 * @param rounding the values are multiples of this power of two
 */
export function numberPixels({ width, height, values }: Field, palette: Palette, rounding: number): NumberedImage {
  const { first, numbers: known } = numberTable(palette, rounding);
  const last = known.length - 1;
  const perValue = 1 / rounding;
  const numbers = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) continue; // NaN
    const at = value * perValue - first;
    numbers[i] = known[(at <= 0 ? 0 : at >= last ? last : at) | 0]!; // a whole number already: `|` tells V8
  }
  return { width, height, numbers };
}

/** Counts the pixels with each palette number. @param length how many numbers there are, with that of no drawing */
export function countNumbers({ numbers }: NumberedImage, length: number): Uint32Array {
  const uses = new Uint32Array(length);
  for (let i = 0; i < numbers.length; i++) uses[numbers[i]!] = uses[numbers[i]!]! + 1;
  return uses;
}

/** The palette numbers of all multiples of a rounding, from the multiple `first`; beyond its ends they do not change. */
interface NumberTable {
  readonly first: number;
  readonly numbers: Uint8Array;
}

const tables = new WeakMap<Palette, Map<number, NumberTable>>();

/** Most rounded values from one end of a palette to the other: far more than a reader of a map can tell apart. */
const MAX_TABLE = 2 ** 20;

function numberTable(palette: Palette, rounding: number): NumberTable {
  const known = tables.get(palette)?.get(rounding);
  if (known) return known;
  const low = Math.min(palette.min, palette.undrawn?.below ?? palette.min);
  const first = Math.floor(low / rounding) - 1;
  const length = Math.ceil(palette.max / rounding) + 1 - first + 1;
  if (length > MAX_TABLE) {
    throw new RangeError(
      `A palette from ${low} to ${palette.max} has too many values that are multiples of ${rounding}`,
    );
  }
  const numbers = Uint8Array.from({ length }, (_, i) => paletteNumber((first + i) * rounding, palette));
  const table = { first, numbers };
  tables.set(palette, (tables.get(palette) ?? new Map()).set(rounding, table));
  return table;
}
