import { bitsAt } from "./bits.ts";
import { ComplexGroups } from "./complex_groups.ts";
import type { FieldHeader } from "./field_header.ts";
import { BadGribError } from "./messages.ts";

/**
 * Largest amount of an integer after spatial differencing, as packed integers have at most 32 bits. Sums up to it are
 * exact; a wrong difference in a damaged message makes later sums grow quickly beyond it.
 */
const MAX_INTEGER = 2 ** 32;

/**
 * Unpacks the values of complex packing, with or without spatial differencing. The values are in the message's unit and
 * order, without the points that its bitmap leaves out; NaN is missing.
 * @throws BadGribError when groups and data do not fit, or the sums of differences leave the range of packed integers
 * @see GRIB2 templates 5.2, 5.3, 7.2 and 7.3; value = (reference + integer × 2^E) / 10^D
 */
export function unpackComplex(
  view: DataView,
  header: Pick<FieldHeader, "sections" | "packing">,
): Float32Array<ArrayBuffer> {
  const { packing } = header;
  const groups = new ComplexGroups(view, header);
  const values = new Float32Array(packing.count);
  const binaryScale = 2 ** packing.binaryScale;
  const decimalScale = 10 ** packing.decimalScale;
  if (groups.count === 0) return values.fill(packing.reference / decimalScale);
  const { first, smallest } = groups.differencing ?? { first: [], smallest: 0 };
  const order = first.length;
  let at = 0;
  let bit = groups.integers * 8;
  let present = 0;
  let integer = 0;
  let difference = 0;
  for (let group = 0; group < groups.count; group++) {
    const width = groups.width(group);
    const reference = groups.reference(group);
    const missingFrom = firstMissingCode(width === 0 ? packing.bits : width, packing.missingManagement);
    for (const end = at + groups.length(group); at < end; at++, bit += width) {
      const code = bitsAt(view, bit, width);
      if ((width === 0 ? reference : code) >= missingFrom) {
        values[at] = NaN;
        continue;
      }
      // Missing cells have no place in the differences.
      if (order === 0) integer = reference + code;
      else if (present < order) {
        difference = first[present]! - integer;
        integer = first[present]!;
      } else {
        const step = reference + code + smallest;
        difference = order === 2 ? difference + step : step;
        integer += difference;
        if (Math.abs(integer) > MAX_INTEGER) {
          throw new BadGribError(`differences that add up to ${integer} at value ${at + 1}, expected at most 2^32`);
        }
      }
      present++;
      values[at] = (packing.reference + integer * binaryScale) / decimalScale;
    }
  }
  return values;
}

/**
 * Returns the least code of missing values: all bits set is primary missing, and one less is secondary. In a group of
 * width 0 the codes are those of its reference.
 */
function firstMissingCode(bits: number, missingManagement: number): number {
  return missingManagement === 0 ? Infinity : 2 ** bits - missingManagement;
}
