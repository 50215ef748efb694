import type { Field } from "./field.ts";

/** Units of GRIB messages (GDAL's unit normalisation is off). */
export type SourceUnit =
  | "K"
  | "m s-1"
  | "kg m-2"
  | "kg m-2 s-1"
  | "kg m-3"
  | "m"
  | "gpm"
  | "Pa"
  | "s-1"
  | "%"
  | "1"
  | "dBZ"
  | "J kg-1"
  | "degree"
  | "flag"
  | "code 4.201";
/** Units that readers see. */
export type DisplayUnit =
  | "°F"
  | "°C"
  | "mph"
  | "in"
  | "in/h"
  | "mi"
  | "hPa"
  | "dam"
  | "10⁻⁵ s⁻¹"
  | "%"
  | "dBZ"
  | "J/kg"
  | "°"
  /** The code of a category, which its label names. */
  | "code";

/** A conversion from one unit to another: `display = source * scale + offset`. */
interface LinearConversion {
  readonly from: SourceUnit;
  readonly to: DisplayUnit;
  readonly scale: number;
  readonly offset: number;
}

/** All conversions of units to display units. */
const CONVERSIONS: readonly LinearConversion[] = [
  { from: "K", to: "°F", scale: 9 / 5, offset: 32 - 273.15 * 9 / 5 },
  { from: "K", to: "°C", scale: 1, offset: -273.15 },
  { from: "m s-1", to: "mph", scale: 2.2369362921, offset: 0 },
  { from: "kg m-2", to: "in", scale: 1 / 25.4, offset: 0 }, // of water: 1 kg m-2 is 1 mm
  { from: "kg m-2 s-1", to: "in/h", scale: 3600 / 25.4, offset: 0 },
  { from: "m", to: "in", scale: 39.37007874, offset: 0 },
  { from: "m", to: "mi", scale: 1 / 1609.344, offset: 0 },
  { from: "gpm", to: "dam", scale: 1 / 10, offset: 0 },
  { from: "Pa", to: "hPa", scale: 1 / 100, offset: 0 },
  { from: "s-1", to: "10⁻⁵ s⁻¹", scale: 1e5, offset: 0 },
  { from: "%", to: "%", scale: 1, offset: 0 },
  { from: "1", to: "%", scale: 100, offset: 0 },
  { from: "dBZ", to: "dBZ", scale: 1, offset: 0 },
  { from: "J kg-1", to: "J/kg", scale: 1, offset: 0 },
  { from: "degree", to: "°", scale: 1, offset: 0 },
];

function conversionOf(from: SourceUnit, to: DisplayUnit): LinearConversion {
  const conversion = CONVERSIONS.find((candidate) => candidate.from === from && candidate.to === to);
  if (!conversion) throw new RangeError(`Cannot convert "${from}" to "${to}": the table of units has no such pair`);
  return conversion;
}

/** Converts a difference to display units, without the offset. @throws RangeError when the table has no such pair */
export function convertDifference(difference: number, from: SourceUnit, to: DisplayUnit): number {
  return difference * conversionOf(from, to).scale;
}

/**
 * Converts a field to display units; NaN stays NaN. The input is not changed, and may be returned itself.
 * @throws RangeError when the table has no such pair
 */
export function convertUnits(source: Field, from: SourceUnit, to: DisplayUnit): Field {
  const { scale, offset } = conversionOf(from, to);
  if (scale === 1 && offset === 0) return source;
  const values = new Float32Array(source.values.length);
  for (let i = 0; i < values.length; i++) values[i] = source.values[i]! * scale + offset;
  return { ...source, values };
}
