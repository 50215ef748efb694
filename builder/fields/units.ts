import type { Field } from "./field.ts";

/** SI units as GRIB gives them (unit normalisation is off). */
export type SourceUnit = "K";
/** Units as people read them. */
export type DisplayUnit = "°F";

/** `display = source * scale + offset` */
interface LinearConversion {
  readonly scale: number;
  readonly offset: number;
}

/** The one place where units are converted. */
const CONVERSIONS: Readonly<Record<SourceUnit, Readonly<Record<DisplayUnit, LinearConversion>>>> = {
  // (K − 273.15) × 9/5 + 32
  K: { "°F": { scale: 9 / 5, offset: 32 - 273.15 * 9 / 5 } },
};

/** Converts a field to display units; NaN stays NaN. The input is not changed. */
export function convertUnits(source: Field, from: SourceUnit, to: DisplayUnit): Field {
  const { scale, offset } = CONVERSIONS[from][to];
  return { ...source, values: source.values.map((value) => value * scale + offset) };
}
