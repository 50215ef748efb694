import type { Field } from "../../builder/field/field.ts";
import type { Palette } from "../../builder/style/palette.ts";
import { paletteColors, paletteNumber } from "../../builder/style/palette_numbers.ts";

/** Colours a field value by value: four bytes per pixel, row 0 is the northernmost. */
export function colorize({ values }: Field, palette: Palette): Uint8Array<ArrayBuffer> {
  const colors = paletteColors(palette);
  return new Uint8Array(Uint32Array.from(values, (value) => colors[paletteNumber(value, palette)]!).buffer);
}
