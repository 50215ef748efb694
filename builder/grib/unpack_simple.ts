import { PART_INTEGERS, readRun } from "./bits.ts";
import type { FieldHeader } from "./field_header.ts";
import { BadGribError } from "./messages.ts";
import { DATA_HEADER_BYTES, scaleIntegers } from "./packing.ts";

/**
 * Unpacks the values of simple packing. The values are in the message's unit and order, without the points that its
 * bitmap leaves out.
 * @throws BadGribError when the number of bytes does not fit the number of values
 * @see GRIB2 templates 5.0 and 7.0
 */
export function unpackSimple(
  view: DataView,
  { sections, packing }: Pick<FieldHeader, "sections" | "packing">,
): Float32Array<ArrayBuffer> {
  const { count, bits } = packing;
  const dataBytes = view.getUint32(sections.data) - DATA_HEADER_BYTES;
  const wanted = Math.ceil(count * bits / 8);
  if (dataBytes !== wanted) {
    throw new BadGribError(`${dataBytes} bytes of data, expected ${wanted} for ${count} values of ${bits} bits`);
  }
  const values = new Float32Array(count);
  const part = new Float64Array(Math.min(count, PART_INTEGERS));
  const dataBit = (sections.data + DATA_HEADER_BYTES) * 8;
  for (let at = 0; at < count; at += PART_INTEGERS) {
    const length = Math.min(count - at, PART_INTEGERS);
    readRun(view, { firstBit: dataBit + at * bits, bits, addend: 0 }, part, 0, length);
    scaleIntegers(part.subarray(0, length), packing, values, at);
  }
  return values;
}
