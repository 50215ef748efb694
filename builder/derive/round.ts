import type { Field } from "../field/field.ts";

/** Shares of the last decimal's step: a shown value changes by at most an eighth of the step when it is rounded. */
const STEPS = 4;

/**
 * Returns the rounding of a variable's values: the largest power of two that is no larger than a quarter of the step of
 * its last shown decimal. Multiples of it have float32 mantissas that end in zeros, which compress well.
 * @param precision decimals of a shown value
 */
export function roundingOf(precision: number): number {
  return 2 ** Math.floor(Math.log2(10 ** -precision / STEPS));
}

/** Rounds values to multiples of a power of two. NaN stays NaN. */
export function roundValues({ width, height, values }: Field, rounding: number): Field {
  const perValue = 1 / rounding;
  const rounded = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) rounded[i] = Math.floor(values[i]! * perValue + 0.5) * rounding;
  return { width, height, values: rounded };
}
