import type { Bytes } from "../sources/object_store.ts";

/** A GRIB file or message that is not what it should be. */
export class BadGribError extends Error {
  override readonly name = "BadGribError";
}

export interface MessageSpan {
  readonly start: number;
  readonly length: number;
}

export const SECTION_0_BYTES = 16;
const END_SECTION_BYTES = 4;

/**
 * Walks the messages of a GRIB2 file by their own lengths. One truncated message makes GDAL refuse a whole file, with
 * words that do not say so; this tells which message and by how much. Bytes between and after messages are passed over,
 * as GDAL does.
 * @throws BadGribError when there is no message, or one is cut off, of edition 1, or does not end in `7777`
 * @see WMO manual on codes, FM 92 GRIB, section 0: octets 9–16 are the total length
 */
export function gribMessages(bytes: Bytes, name: string): MessageSpan[] {
  const spans: MessageSpan[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = indexOfMagic(bytes, 0); at !== -1; at = indexOfMagic(bytes, at)) {
    const which = `message ${spans.length + 1} of "${name}"`;
    if (at + SECTION_0_BYTES > bytes.length) throw new BadGribError(`Truncated GRIB: ${which} ends within its header`);
    const edition = bytes[at + 7];
    if (edition !== 2) throw new BadGribError(`Cannot read ${which}: it is GRIB edition ${edition}, and 2 is needed`);
    const length = Number(view.getBigUint64(at + 8));
    const missing = at + length - bytes.length;
    if (missing > 0) {
      throw new BadGribError(`Truncated GRIB: ${which} should be ${length} bytes long and lacks the last ${missing}`);
    }
    const end = String.fromCharCode(...bytes.subarray(at + length - END_SECTION_BYTES, at + length));
    if (length < SECTION_0_BYTES + END_SECTION_BYTES || end !== "7777") {
      throw new BadGribError(`Corrupt GRIB: ${which} does not end in 7777`);
    }
    spans.push({ start: at, length });
    at += length;
  }
  if (spans.length === 0) throw new BadGribError(`Not a GRIB file: "${name}" holds no message`);
  return spans;
}

/**
 * The length that a message gives for itself, from its section 0 alone.
 * @throws BadGribError unless the bytes begin a GRIB2 message that is long enough to be one
 */
export function messageLength(section0: Bytes, name: string): number {
  if (section0.length < SECTION_0_BYTES || indexOfMagic(section0, 0) !== 0 || section0[7] !== 2) {
    throw new BadGribError(`Not a GRIB2 message: "${name}" does not begin with section 0 of edition 2`);
  }
  const length = Number(new DataView(section0.buffer, section0.byteOffset, section0.byteLength).getBigUint64(8));
  if (length < SECTION_0_BYTES + END_SECTION_BYTES) {
    throw new BadGribError(`Corrupt GRIB: "${name}" gives itself a length of ${length} bytes`);
  }
  return length;
}

/** @throws BadGribError unless the bytes are exactly one whole GRIB2 message */
export function requireOneMessage(bytes: Bytes, name: string): void {
  const [first, ...others] = gribMessages(bytes, name);
  if (first!.start !== 0 || first!.length !== bytes.length || others.length > 0) {
    throw new BadGribError(
      `Expected one GRIB message of ${bytes.length} bytes in "${name}": found one of ${first!.length} at byte ${
        first!.start
      }`,
    );
  }
}

function indexOfMagic(bytes: Bytes, from: number): number {
  for (let at = bytes.indexOf(0x47, from); at !== -1; at = bytes.indexOf(0x47, at + 1)) {
    if (bytes[at + 1] === 0x52 && bytes[at + 2] === 0x49 && bytes[at + 3] === 0x42) return at;
  }
  return -1;
}
