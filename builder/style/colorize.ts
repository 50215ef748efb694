import type { Field } from "../fields/field.ts";
import type { Palette } from "./palette.ts";

/**
 * Colours a field: four bytes a pixel, red, green, blue, alpha; alpha is 255 for a value and 0 (with black) for NaN.
 * Values beyond the palette take its end colours and are still valid.
 * Shape: `width * height * 4`, row 0 north.
 */
export function colorize({ values }: Field, palette: Palette): Uint8Array<ArrayBuffer> {
  const table = rgbaTable(palette);
  const last = palette.colors.length - 1;
  const scale = last / (palette.max - palette.min);
  const { min } = palette;
  const pixels = new Uint32Array(values.length); // transparent black
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) continue; // NaN
    const at = (value - min) * scale + 0.5;
    pixels[i] = table[at <= 0 ? 0 : at >= last ? last : at | 0]!;
  }
  return new Uint8Array(pixels.buffer);
}

/** One 32-bit word a colour, whose bytes in memory are red, green, blue, 255 on either byte order. */
function rgbaTable({ colors }: Palette): Uint32Array {
  return new Uint32Array(Uint8Array.from(colors.flatMap((rgb) => [...rgb, 255])).buffer);
}
