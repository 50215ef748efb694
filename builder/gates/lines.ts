import type { Field } from "../field/field.ts";
import { GateError } from "./gate_error.ts";

/** Gates on lines before they are traced: time and memory of a trace grow with the pixels that lines go through. */

/** The table with the most, 2 m temperature by 10 °F, has 26 from the coldest to the hottest that was ever measured. */
export const MAX_LEVELS = 100;
/**
 * A pixel counts once for each level between it and the one before. Real temperature and pressure of HRRR, GFS and ECMWF
 * have 1 to 3 in a hundred; noise that has 50 is traced for a minute and more.
 */
const MAX_CROSSINGS_PER_100_PIXELS = 15;
/** Every so many rows are looked at: a field is alike all over. */
const ROW_STEP = 4;

/** @throws GateError */
export function checkLevelCount(count: number): void {
  if (count > MAX_LEVELS) throw new GateError("values", "levels of lines", String(count), `at most ${MAX_LEVELS}`);
}

/**
 * Lines go through a share of the pixels as those of weather do; through noise they go everywhere.
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
  throw new GateError("values", "lines through 100 pixels of a row", found.toFixed(0), allowed);
}

/** How many levels lie between two values; 0 when either is NaN. */
function levelsBetween(levels: Float32Array, a: number, b: number): number {
  const low = Math.min(a, b);
  const high = Math.max(a, b);
  let count = 0;
  for (let i = 0; i < levels.length; i++) if (levels[i]! > low && levels[i]! <= high) count++;
  return count;
}
