import type { Field } from "../field/field.ts";
import { GateError } from "./gate_error.ts";

/** Gates on contours before they are traced: time and memory of a trace grow with the pixels that contours cross. */

/**
 * Most levels of a set of contours. The table with the most, 2 m temperature every 10 °F, has 26 between the coldest
 * and the hottest temperature ever measured.
 */
export const MAX_LEVELS = 100;
/**
 * Most crossings in 100 pixels of a row. A pixel counts once for each level between it and the pixel before. Real
 * temperature and pressure of HRRR, GFS and ECMWF have 1 to 3; noise that has 50 is traced for a minute or more.
 */
const MAX_CROSSINGS_PER_100_PIXELS = 15;
/** Distance of the rows that are checked: a field is similar everywhere. */
const ROW_STEP = 4;

/** @throws GateError */
export function checkLevelCount(count: number): void {
  if (count > MAX_LEVELS) throw new GateError("values", "contour levels", String(count), `at most ${MAX_LEVELS}`);
}

/**
 * Checks that contours cross no more pixels than those of weather do: in noise they are everywhere.
 * @param levels ascending, in the unit of the values
 * @throws GateError
 */
export function checkCrossings(smooth: Field, levels: readonly number[]): void {
  const limits = Float32Array.from(levels);
  const { width, height, values } = smooth;
  let crossings = 0;
  let pixels = 0;
  for (let row = 0; row < height; row += ROW_STEP) {
    let before = NaN;
    for (let i = row * width, end = i + width; i < end; i++) {
      const value = values[i]!;
      if (value !== before) crossings += levelsBetween(limits, before, value);
      before = value;
    }
    pixels += width;
  }
  const found = crossings / pixels * 100;
  if (found <= MAX_CROSSINGS_PER_100_PIXELS) return;
  const allowed = `at most ${MAX_CROSSINGS_PER_100_PIXELS}`;
  throw new GateError("values", "contour crossings per 100 pixels", found.toFixed(0), allowed);
}

/** Counts the levels between two values; 0 when either is NaN. */
function levelsBetween(levels: Float32Array, a: number, b: number): number {
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  let count = 0;
  for (let i = 0; i < levels.length; i++) if (levels[i]! > low && levels[i]! <= high) count++;
  return count;
}
