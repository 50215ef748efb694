import { aecDecode } from "./aec/decode.ts";
import { AecError } from "./aec/library.ts";
import type { Bytes } from "./messages.ts";
import type { FieldHeader } from "./field_header.ts";
import { BadGribError } from "./messages.ts";

/**
 * Unpacks the values of a CCSDS-packed field (ECMWF open data), for a GDAL that was built without libaec. The values
 * are in the message's unit and order, without the points that its bitmap leaves out.
 * @throws BadGribError when the data is damaged
 * @throws AecUnusableError when there is no libaec
 * @see GRIB2 templates 5.42 and 7.42; value = (reference + integer × 2^E) / 10^D
 */
export function unpackCcsds(view: DataView, { sections, packing }: FieldHeader): Float32Array<ArrayBuffer> {
  const { count, reference, bits } = packing;
  const at = sections.representation;
  const binaryScale = 2 ** packing.binaryScale;
  const decimalScale = 10 ** packing.decimalScale;
  // A constant field has no packed integers.
  if (bits === 0) return new Float32Array(count).fill(reference / decimalScale);
  const dataLength = view.getUint32(sections.data) - 5;
  const data = new Uint8Array(view.buffer, view.byteOffset + sections.data + 5, dataLength) as Bytes;
  try {
    const samples = aecDecode(data, count, {
      bitsPerSample: bits,
      flags: view.getUint8(at + 21),
      blockSize: view.getUint8(at + 22),
      rsi: view.getUint16(at + 23),
    });
    return Float32Array.from(samples, (sample) => (reference + sample * binaryScale) / decimalScale);
  } catch (cause) {
    if (!(cause instanceof AecError)) throw cause;
    throw new BadGribError(cause.message, { cause });
  }
}
