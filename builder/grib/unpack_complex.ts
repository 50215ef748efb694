import { PART_INTEGERS, readRun } from "./bits.ts";
import { ComplexGroups } from "./complex_groups.ts";
import type { FieldHeader } from "./field_header.ts";
import { scaleIntegers } from "./packing.ts";
import { DifferenceSums } from "./spatial_differences.ts";

/**
 * Unpacks the values of complex packing, with or without spatial differencing. The values are in the message's unit and
 * order, without the points that its bitmap leaves out; NaN is missing.
 * @throws BadGribError when groups and data do not fit, or the differences do not add up to packed integers
 * @see GRIB2 templates 5.2, 5.3, 7.2 and 7.3
 */
export function unpackComplex(
  view: DataView,
  header: Pick<FieldHeader, "sections" | "packing">,
): Float32Array<ArrayBuffer> {
  const { packing } = header;
  const groups = new ComplexGroups(view, header);
  const sums = groups.differencing === null ? null : new DifferenceSums(groups.differencing);
  const values = new Float32Array(packing.count);
  if (groups.count === 0) return values.fill(packing.reference / 10 ** packing.decimalScale);
  const part = new Float64Array(PART_INTEGERS);
  let filled = 0;
  let at = 0;
  const finishPart = () => {
    const integers = part.subarray(0, filled);
    sums?.replace(integers);
    scaleIntegers(integers, packing, values, at);
    at += filled;
    filled = 0;
  };
  let firstBit = groups.integers * 8;
  for (let group = 0; group < groups.count; group++) {
    const [bits, addend] = [groups.width(group), groups.reference(group)];
    for (let left = groups.length(group); left > 0;) {
      const from = filled;
      filled = Math.min(from + left, PART_INTEGERS);
      readRun(view, { firstBit, bits, addend }, part, from, filled);
      if (packing.missingManagement > 0) markMissing(part, from, filled, firstMissing(bits, addend, packing));
      left -= filled - from;
      firstBit += bits * (filled - from);
      if (filled === PART_INTEGERS) finishPart();
    }
  }
  finishPart();
  return values;
}

/**
 * Returns the least integer of a group that stands for a missing value: of the group's width, all bits set is primary
 * missing, and one less is secondary. A group of width 0 is missing as a whole, by its reference.
 */
function firstMissing(width: number, reference: number, packing: FieldHeader["packing"]): number {
  return (width === 0 ? 2 ** packing.bits : reference + 2 ** width) - packing.missingManagement;
}

function markMissing(integers: Float64Array, from: number, to: number, firstMissing: number): void {
  for (let i = from; i < to; i++) if (integers[i]! >= firstMissing) integers[i] = NaN;
}
