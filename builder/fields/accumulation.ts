import type { MessageSelector } from "../grib/message_selector.ts";
import { type Field, requireSameShape } from "../field/field.ts";

/** A message that counts towards an amount, or against it. */
export interface AccumulationTerm {
  readonly selector: MessageSelector;
  readonly sign: 1 | -1;
}

export interface AccumulationWindow {
  readonly element: string;
  readonly level: string;
  /** The window that ends at the forecast hour, or all since the start of the run. */
  readonly hours: number | "run";
  /** What the files hold: a total since the start of the run, or one that begins anew every so many hours. */
  readonly resetEveryHours: number | "never";
}

/**
 * The messages whose sum and difference is the amount of a window. A run total is a message of its own; a window is the
 * difference of two run totals. Where totals begin anew, a window is whole buckets, and at its ends parts of one, each
 * the difference of two messages of the same bucket.
 * @throws RangeError when the window would begin before the run
 */
export function accumulationTerms(
  { element, level, hours, resetEveryHours }: AccumulationWindow,
  fh: number,
): AccumulationTerm[] {
  const start = hours === "run" ? 0 : fh - hours;
  if (start < 0 || fh <= start) {
    throw new RangeError(`Cannot accumulate ${element} over ${hours} h at forecast hour ${fh}: the run begins at 0`);
  }
  const total = (from: number, to: number, sign: 1 | -1): AccumulationTerm => ({
    sign,
    selector: {
      element,
      level,
      statistic: "accumulation",
      hours: resetEveryHours === "never" ? "run" : to - from,
      ...(to === fh ? {} : { hoursEarlier: fh - to }),
    },
  });
  const length = resetEveryHours === "never" ? fh : resetEveryHours;
  const terms: AccumulationTerm[] = [];
  for (let bucket = Math.floor(start / length) * length; bucket < fh; bucket += length) {
    const end = Math.min(bucket + length, fh);
    terms.push(total(bucket, end, 1));
    if (bucket < start) terms.push(total(bucket, start, -1));
  }
  return terms;
}

/** An amount, and how many of its cells came out below zero and were set to it. */
export interface Accumulation {
  readonly field: Field;
  readonly clampedCells: number;
}

/** More than this share of the cells falling by more than packing can explain is a reset that was overlooked. */
const MAX_DECREASED_SHARE = 0.01;

/**
 * Adds and subtracts totals of one unit. A cell is missing when it is in any of them. Negative amounts become 0 and are
 * counted.
 * @param noise what packing may take from a total, in the fields' unit
 * @throws RangeError when more than a hundredth of the cells fall by more than the noise: a reset was overlooked
 */
export function accumulate(
  terms: readonly { readonly field: Field; readonly sign: 1 | -1 }[],
  noise: number,
): Accumulation {
  const [first, ...others] = terms;
  if (!first) throw new RangeError("Cannot accumulate nothing");
  requireSameShape(first.field, ...others.map(({ field }) => field));
  const values = new Float32Array(first.field.values.length);
  for (const { field, sign } of terms) {
    for (let i = 0; i < values.length; i++) values[i] = values[i]! + sign * field.values[i]!; // NaN stays NaN
  }
  let clampedCells = 0;
  let decreased = 0;
  for (let i = 0; i < values.length; i++) {
    if (!(values[i]! < 0)) continue;
    clampedCells++;
    if (values[i]! < -noise) decreased++;
    values[i] = 0;
  }
  if (decreased > values.length * MAX_DECREASED_SHARE) {
    throw new RangeError(
      `Cannot accumulate: ${decreased} of ${values.length} cells fall by more than ${noise}, as after a reset`,
    );
  }
  return { field: { ...first.field, values }, clampedCells };
}
