import { type Lead, leadMinutes, leadText } from "../../contract/lead.ts";
import type { MessageSelector } from "../grib/message_selector.ts";
import type { GribElement, GribLevel } from "../grib/parameters.ts";
import { type Field, requireSameShape } from "../field/field.ts";

/** A message that is added to an amount or subtracted from it. */
export interface AccumulationTerm {
  readonly selector: MessageSelector;
  readonly sign: 1 | -1;
}

export interface AccumulationWindow {
  readonly element: GribElement;
  readonly level: GribLevel;
  /** The length in minutes of the window that ends at the frame, or `run` for all since the start of the run. */
  readonly windowMinutes: number | "run";
  /** Minutes after which the totals in the files begin again at zero; `never` for totals since the start of the run. */
  readonly resetEveryMinutes: number | "never";
}

/**
 * Lists the messages to be added and subtracted for the amount of a window. A total since the start of the run is one
 * message; another window is the difference of two such totals. When totals begin again at zero, a window consists of
 * whole buckets, and parts of buckets at its ends: the last part of a bucket is the difference of two of its messages.
 * @throws RangeError when the window would begin before the run
 */
export function accumulationTerms(
  { element, level, windowMinutes, resetEveryMinutes }: AccumulationWindow,
  lead: Lead,
): AccumulationTerm[] {
  const end = leadMinutes(lead);
  const start = windowMinutes === "run" ? 0 : end - windowMinutes;
  if (start < 0 || end <= start) {
    const window = windowMinutes === "run" ? "the run" : `${windowMinutes} min`;
    throw new RangeError(
      `Cannot accumulate ${element} over ${window} at forecast hour ${leadText(lead)}: the run begins at 0`,
    );
  }
  const total = (from: number, to: number, sign: 1 | -1): AccumulationTerm => ({
    sign,
    selector: {
      element,
      level,
      statistic: "accumulation",
      windowMinutes: resetEveryMinutes === "never" ? "run" : to - from,
      ...(to === end ? {} : { minutesEarlier: end - to }),
    },
  });
  const length = resetEveryMinutes === "never" ? end : resetEveryMinutes;
  const terms: AccumulationTerm[] = [];
  for (let bucket = Math.floor(start / length) * length; bucket < end; bucket += length) {
    const bucketEnd = Math.min(bucket + length, end);
    terms.push(total(bucket, bucketEnd, 1));
    if (bucket < start) terms.push(total(bucket, start, -1));
  }
  return terms;
}

/** An amount, and the number of its cells that were negative and set to zero. */
export interface Accumulation {
  readonly field: Field;
  readonly clampedCells: number;
}

/** Largest share of cells whose total may fall by more than packing explains: a larger share is an overlooked reset. */
const MAX_DECREASED_SHARE = 0.01;

/**
 * Adds and subtracts totals of one unit. A cell is missing when it is missing in any of the totals. Negative amounts
 * become 0 and are counted.
 * @param noise the largest decrease of a total that packing explains, in the fields' unit
 * @throws RangeError when more than a hundredth of the cells fall by more than the noise: a reset was overlooked
 */
export function accumulate(
  terms: readonly { readonly field: Field; readonly sign: 1 | -1 }[],
  noise: number,
): Accumulation {
  const [first, ...others] = terms;
  if (!first) throw new RangeError("Cannot accumulate 0 fields: expected at least 1");
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
      `Cannot accumulate: ${decreased} of ${values.length} cells decrease by more than ${noise}: the totals were probably reset`,
    );
  }
  return { field: { ...first.field, values }, clampedCells };
}
