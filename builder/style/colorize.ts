import { lowerEdge } from "../../contract/legend.ts";
import type { Field } from "../field/field.ts";
import type { Palette, Rgb } from "./palette.ts";

/**
 * Colours a field: four bytes per pixel (red, green, blue, alpha); alpha is 255 for a value that is drawn, and 0 (with
 * black) for NaN and for values that the palette leaves out. Values beyond the palette take its end colours. Shape:
 * `width * height * 4`, row 0 is the northernmost.
 */
export function colorize({ values }: Field, palette: Palette): Uint8Array<ArrayBuffer> {
  const pixels = new Uint32Array(values.length); // transparent black
  const table = rgbaTable(palette);
  if (palette.type === "smooth") colorSmooth(values, palette, table, pixels);
  else colorStepped(values, palette.edges, table, pixels);
  return new Uint8Array(pixels.buffer);
}

/** Returns the colour of one value that is drawn. */
export function colorAt(value: number, palette: Palette): Rgb {
  const [red, green, blue] = colorize({ width: 1, height: 1, values: Float32Array.of(value) }, palette);
  return [red!, green!, blue!];
}

/**
 * Returns the part of a field that is drawn: undrawn values become NaN. Overviews are made from this
 * part, so that the mean of a shower is not diluted by the dry land around it.
 */
export function drawnPart(field: Field, { undrawn }: Palette): Field {
  if (undrawn === undefined) return field;
  const limit = lowerEdge(undrawn.below);
  return { ...field, values: field.values.map((value) => value < limit ? NaN : value) };
}

function colorSmooth(
  values: Float32Array,
  { min, max, colors }: Palette,
  table: Uint32Array,
  pixels: Uint32Array,
): void {
  const last = colors.length - 1;
  const scale = last / (max - min);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) continue; // NaN
    const at = (value - min) * scale + 0.5;
    pixels[i] = table[at <= 0 ? 0 : at >= last ? last : at | 0]!;
  }
}

function colorStepped(values: Float32Array, edges: readonly number[], table: Uint32Array, pixels: Uint32Array): void {
  const limits = edges.map(lowerEdge);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) continue; // NaN
    let step = 0;
    while (step + 1 < limits.length && value >= limits[step + 1]!) step++;
    pixels[i] = table[step]!;
  }
}

/** Returns one 32-bit word per colour, whose bytes in memory are red, green, blue, 255 with either byte order. */
function rgbaTable({ colors }: Palette): Uint32Array {
  return new Uint32Array(Uint8Array.from(colors.flatMap((rgb) => [...rgb, 255])).buffer);
}
