import type { Field } from "./field.ts";

/** Returns the smallest and the largest value that is not missing, or null when all are missing. */
export function valueRange({ values }: Field): { readonly min: number; readonly max: number } | null {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!; // NaN is neither smaller nor larger
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : null;
}
