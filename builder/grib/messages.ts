/** Bytes that Deno can write and GDAL can read: never in shared memory. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** The error that a GRIB file or message is damaged or not the expected one. */
export class BadGribError extends Error {
  override readonly name = "BadGribError";
}

export interface MessageSpan {
  readonly start: number;
  readonly length: number;
}

export const SECTION_0_BYTES = 16;
const END_SECTION_BYTES = 4;
/** Most bytes of a message: a 3 km CONUS field has 0.2–3 MB, a global 0.25° field less, a radar mosaic 2 MB. */
export const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
/** Most messages of a file: the longest files of a forecast hour contain some 750. */
const MAX_MESSAGES = 10_000;

/**
 * Finds the messages of a GRIB2 file by their own lengths. One truncated message makes GDAL refuse a whole file, with
 * an error that does not mention it; the error of this function names the message and the missing bytes. Bytes between
 * and after messages, and messages of edition 1, are skipped.
 * @throws BadGribError when there is no message of edition 2, or one is cut off, too long, or does not end in `7777`
 * @see WMO manual on codes, FM 92 GRIB, section 0: octets 9–16 are the total length
 */
export function gribMessages(bytes: Bytes, name: string): MessageSpan[] {
  const spans: MessageSpan[] = [];
  let ofEdition1 = 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = indexOfMagic(bytes, 0); at !== -1; at = indexOfMagic(bytes, at)) {
    const which = `message ${spans.length + 1} of "${name}"`;
    if (at + SECTION_0_BYTES > bytes.length) throw new BadGribError(`Truncated GRIB: ${which} ends within its header`);
    const edition = bytes[at + 7];
    if (edition !== 2) {
      // Padding may contain the letters `GRIB` too; in a message of edition 1 its length follows them.
      const length = edition === 1 ? view.getUint32(at + 4) >>> 8 : 0;
      const isMessage = endsIn7777(bytes, at, length);
      if (isMessage) ofEdition1++;
      at += isMessage ? length : MAGIC_BYTES;
      continue;
    }
    const length = messageLength(bytes.subarray(at, at + SECTION_0_BYTES), which);
    const missing = at + length - bytes.length;
    if (missing > 0) {
      throw new BadGribError(`Truncated GRIB: ${which} should be ${length} bytes long and lacks the last ${missing}`);
    }
    if (!endsIn7777(bytes, at, length)) throw new BadGribError(`Corrupt GRIB: ${which} does not end in 7777`);
    if (spans.length === MAX_MESSAGES) throw new BadGribError(`"${name}" holds more than ${MAX_MESSAGES} messages`);
    spans.push({ start: at, length });
    at += length;
  }
  if (spans.length === 0) {
    const found = ofEdition1 > 0 ? `only messages of edition 1 (${ofEdition1})` : "no message";
    throw new BadGribError(`Not a GRIB2 file: "${name}" holds ${found}`);
  }
  return spans;
}

function endsIn7777(bytes: Bytes, at: number, length: number): boolean {
  const end = at + length;
  if (length < SECTION_0_BYTES + END_SECTION_BYTES || end > bytes.length) return false;
  return bytes.subarray(end - END_SECTION_BYTES, end).every((byte) => byte === 0x37);
}

/**
 * Reads the length of a message from its section 0.
 * @throws BadGribError unless the bytes begin a GRIB2 message of a possible length
 */
export function messageLength(section0: Bytes, name: string): number {
  if (section0.length < SECTION_0_BYTES || indexOfMagic(section0, 0) !== 0 || section0[7] !== 2) {
    throw new BadGribError(`Not a GRIB2 message: ${name} does not begin with section 0 of edition 2`);
  }
  const length = Number(new DataView(section0.buffer, section0.byteOffset, section0.byteLength).getBigUint64(8));
  if (length < SECTION_0_BYTES + END_SECTION_BYTES || length > MAX_MESSAGE_BYTES) {
    throw new BadGribError(
      `Corrupt GRIB: ${name} has a length of ${length} bytes in section 0, expected ${
        SECTION_0_BYTES + END_SECTION_BYTES
      } to ` +
        `${MAX_MESSAGE_BYTES}`,
    );
  }
  return length;
}

/** Checks that the bytes are exactly one whole GRIB2 message. @throws BadGribError when they are not */
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

const MAGIC_BYTES = 4;

/** Returns the next offset of the letters `GRIB`, or −1. */
function indexOfMagic(bytes: Bytes, from: number): number {
  for (let at = bytes.indexOf(0x47, from); at !== -1; at = bytes.indexOf(0x47, at + 1)) {
    if (bytes[at + 1] === 0x52 && bytes[at + 2] === 0x49 && bytes[at + 3] === 0x42) return at;
  }
  return -1;
}
