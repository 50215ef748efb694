import { PackedIntegers } from "./bits.ts";
import type { FieldHeader } from "./field_header.ts";
import { BadGribError } from "./messages.ts";
import { DATA_HEADER_BYTES } from "./packing.ts";

/**
 * Unpacks the values of simple packing. The values are in the message's unit and order, without the points that its
 * bitmap leaves out.
 * @throws BadGribError when the number of bytes does not fit the number of values
 * @see GRIB2 templates 5.0 and 7.0; value = (reference + integer × 2^E) / 10^D
 */
export function unpackSimple(
  view: DataView,
  { sections, packing }: Pick<FieldHeader, "sections" | "packing">,
): Float32Array<ArrayBuffer> {
  const { count, reference, bits } = packing;
  const dataBytes = view.getUint32(sections.data) - DATA_HEADER_BYTES;
  const wanted = Math.ceil(count * bits / 8);
  if (dataBytes !== wanted) {
    throw new BadGribError(`${dataBytes} bytes of data, expected ${wanted} for ${count} values of ${bits} bits`);
  }
  const binaryScale = 2 ** packing.binaryScale;
  const decimalScale = 10 ** packing.decimalScale;
  const values = new Float32Array(count);
  const integers = new PackedIntegers(view, sections.data + DATA_HEADER_BYTES, bits);
  for (let i = 0; i < count; i++) values[i] = (reference + integers.at(i) * binaryScale) / decimalScale;
  return values;
}
