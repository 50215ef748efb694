import { aecDecode } from "./aec/decode.ts";
import { AecError } from "./aec/library.ts";
import type { FieldHeader } from "./field_header.ts";
import { BadGribError, type Bytes } from "./messages.ts";
import { DATA_HEADER_BYTES } from "./packing.ts";

/**
 * Unpacks the values of a CCSDS-packed field (ECMWF open data) with libaec: many builds of GDAL cannot. The values are
 * in the message's unit and order, without the points that its bitmap leaves out.
 * @throws BadGribError when the data or its parameters are damaged
 * @throws AecUnusableError when there is no libaec
 * @see GRIB2 templates 5.42 and 7.42; value = (reference + integer × 2^E) / 10^D
 */
export function unpackCcsds(
  view: DataView,
  { sections, packing }: Pick<FieldHeader, "sections" | "packing">,
): Float32Array<ArrayBuffer> {
  const { count, reference, bits } = packing;
  const binaryScale = 2 ** packing.binaryScale;
  const decimalScale = 10 ** packing.decimalScale;
  // A constant field has no packed integers.
  if (bits === 0) return new Float32Array(count).fill(reference / decimalScale);
  const parameters = readParameters(view, sections.representation);
  const dataLength = view.getUint32(sections.data) - DATA_HEADER_BYTES;
  const data = new Uint8Array(view.buffer, view.byteOffset + sections.data + DATA_HEADER_BYTES, dataLength) as Bytes;
  const samples = decode(() => aecDecode(data, count, { bitsPerSample: bits, ...parameters }));
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = (reference + samples[i]! * binaryScale) / decimalScale;
  return values;
}

function decode<T>(run: () => T): T {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof AecError)) throw cause;
    throw new BadGribError(cause.message, { cause });
  }
}

/** Length of section 5 with template 5.42. */
const SECTION_BYTES = 25;
/** @see CCSDS 121.0-B, section 2.2, and libaec.h */
const BLOCK_SIZES: readonly number[] = [8, 16, 32, 64];
const MAX_RSI = 4096;

/** Reads the parameters of the entropy coder, and refuses those that the standard does not have. */
function readParameters(view: DataView, at: number): { flags: number; blockSize: number; rsi: number } {
  const length = view.getUint32(at);
  if (length < SECTION_BYTES) {
    throw new BadGribError(`a section 5 of ${length} bytes, expected ${SECTION_BYTES} for CCSDS`);
  }
  // libaec divides by some of them: a zero ends the process.
  const blockSize = view.getUint8(at + 22);
  if (!BLOCK_SIZES.includes(blockSize)) {
    throw new BadGribError(`CCSDS blocks of ${blockSize} samples, expected ${BLOCK_SIZES.join(", ")}`);
  }
  const rsi = view.getUint16(at + 23);
  if (rsi < 1 || rsi > MAX_RSI) {
    throw new BadGribError(`a CCSDS reference sample interval of ${rsi}, expected 1 to ${MAX_RSI}`);
  }
  return { flags: view.getUint8(at + 21), blockSize, rsi };
}
