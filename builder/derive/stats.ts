import type { Stats } from "../../contract/sidecar.ts";
import type { Field } from "../field/field.ts";

/**
 * Computes the smallest, largest and mean valid value, and the share of cells that are valid.
 * @returns null when no cell is valid
 */
export function fieldStats({ values }: Field): Stats | null {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== value) continue; // NaN
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
    count++;
  }
  return count === 0 ? null : { min, max, mean: sum / count, valid_fraction: count / values.length };
}
