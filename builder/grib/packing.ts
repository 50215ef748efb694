import { BadGribError } from "./messages.ts";
import { signedInteger } from "./signed_integer.ts";

/**
 * The packing of a field's values (section 5): value = (reference + integer × 2^E) / 10^D.
 * @see WMO manual on codes, FM 92 GRIB, data representation templates 5.0, 5.2, 5.3, 5.40, 5.41, 5.42
 */
export interface Packing {
  /** Code table 5.0. */
  readonly template: number;
  /** Number of packed values: one for each point that the bitmap does not leave out. */
  readonly count: number;
  readonly reference: number;
  readonly binaryScale: number;
  readonly decimalScale: number;
  readonly bits: number;
  /** Code table 5.5: 0 no missing values, 1 primary, 2 primary and secondary. 0 unless the packing is complex. */
  readonly missingManagement: number;
}

export const SIMPLE = 0;
export const COMPLEX = 2;
export const COMPLEX_DIFFERENCED = 3;
export const JPEG_2000 = 40;
export const PNG = 41;
export const CCSDS = 42;

const NAMES: Readonly<Record<number, string>> = {
  [SIMPLE]: "simple",
  [COMPLEX]: "complex",
  [COMPLEX_DIFFERENCED]: "complex with spatial differencing",
  4: "IEEE floating point",
  [JPEG_2000]: "JPEG 2000",
  [PNG]: "PNG",
  [CCSDS]: "CCSDS",
  50: "spectral",
  51: "spectral, complex",
  61: "simple with logarithm",
  200: "run length",
};
const READABLE: readonly number[] = [SIMPLE, COMPLEX, COMPLEX_DIFFERENCED, JPEG_2000, PNG, CCSDS];

/**
 * Reads section 5 of a message.
 * @param at the offset of section 5
 * @throws RangeError when the section is shorter than its template
 */
export function readPacking(view: DataView, at: number): Packing {
  const template = view.getUint16(at + 9);
  const isComplex = template === COMPLEX || template === COMPLEX_DIFFERENCED;
  return {
    template,
    count: view.getUint32(at + 5),
    reference: view.getFloat32(at + 11),
    binaryScale: signedInteger(view, at + 15, 2),
    decimalScale: signedInteger(view, at + 17, 2),
    bits: view.getUint8(at + 19),
    missingManagement: isComplex ? view.getUint8(at + 22) : 0,
  };
}

/** Returns the step between two neighbouring packed values, in the message's unit; 0 for a constant field. */
export function resolutionOf({ template, bits, binaryScale, decimalScale }: Packing): number {
  const isComplex = template === COMPLEX || template === COMPLEX_DIFFERENCED;
  return bits === 0 && !isComplex ? 0 : 2 ** binaryScale / 10 ** decimalScale;
}

/** Largest scale factors: real fields have at most a few dozen, and beyond these a float32 holds none of the values. */
const MAX_BINARY_SCALE = 127;
const MAX_DECIMAL_SCALE = 38;
const MAX_BITS = 32;

/** Bytes of section 7 before its data: its length and number. */
const DATA_HEADER_BYTES = 5;

/**
 * Checks a field's data against its headers, before memory is allocated or values are decoded: the number of values,
 * the scale factors, and the number of bytes. In complex packing the lengths of all groups must add up to the number of
 * values, and their widths to the number of bytes, so that nearly any damage to either is found here.
 * @param present number of points that the bitmap does not leave out
 * @throws BadGribError for data and headers that do not fit, or a packing that is not read here
 */
export function requireSoundPacking(
  view: DataView,
  packing: Packing,
  at: { readonly representation: number; readonly data: number },
  present: number,
): void {
  const { template, count, reference, binaryScale, decimalScale, bits } = packing;
  const fail = (found: string, expected: string): never => {
    throw new BadGribError(`${found}, expected ${expected}`);
  };
  if (!READABLE.includes(template)) {
    fail(`data representation template ${name(template)}`, READABLE.map(name).join(", "));
  }
  if (count !== present) fail(`${count} packed values`, `${present}, one for each point that is not left out`);
  if (!Number.isFinite(reference)) fail(`reference value ${reference}`, "a finite number");
  if (Math.abs(binaryScale) > MAX_BINARY_SCALE) {
    fail(`binary scale factor ${binaryScale}`, `at most ±${MAX_BINARY_SCALE}`);
  }
  if (Math.abs(decimalScale) > MAX_DECIMAL_SCALE) {
    fail(`decimal scale factor ${decimalScale}`, `at most ±${MAX_DECIMAL_SCALE}`);
  }
  if (bits > MAX_BITS) fail(`${bits} bits a value`, `at most ${MAX_BITS}`);
  const dataBytes = view.getUint32(at.data) - DATA_HEADER_BYTES;
  const data = at.data + DATA_HEADER_BYTES;
  if (template === SIMPLE) {
    const wanted = Math.ceil(count * bits / 8);
    if (dataBytes !== wanted) fail(`${dataBytes} bytes of data`, `${wanted} for ${count} values of ${bits} bits`);
  } else if (template === COMPLEX || template === COMPLEX_DIFFERENCED) {
    const problem = groupsProblem(view, at.representation, packing, { at: data, length: dataBytes });
    if (problem !== null) throw new BadGribError(problem);
  } else if (template === CCSDS && bits > 0) {
    const problem = ccsdsProblem(view, at.representation);
    if (problem !== null) throw new BadGribError(problem);
  } else if (bits > 0 && count > 0 && (template === JPEG_2000 || template === PNG)) {
    const pixels = template === PNG ? pngPixels(view, data, dataBytes) : jpeg2000Pixels(view, data, dataBytes);
    if (pixels !== count) {
      fail(pixels === null ? `no ${name(template)} header` : `an image of ${pixels} pixels`, `${count} pixels`);
    }
  }
}

/** Length of section 5 with template 5.42. */
const CCSDS_SECTION_BYTES = 25;
/** @see CCSDS 121.0-B, section 2.2, and libaec.h */
const CCSDS_BLOCK_SIZES: readonly number[] = [8, 16, 32, 64];
const MAX_RSI = 4096;

/**
 * Describes parameters of CCSDS that the standard does not have, or returns null. libaec divides by some of them: a zero
 * ends the process.
 */
function ccsdsProblem(view: DataView, at: number): string | null {
  const length = view.getUint32(at);
  if (length < CCSDS_SECTION_BYTES) return `a section 5 of ${length} bytes, expected ${CCSDS_SECTION_BYTES} for CCSDS`;
  const blockSize = view.getUint8(at + 22);
  if (!CCSDS_BLOCK_SIZES.includes(blockSize)) {
    return `CCSDS blocks of ${blockSize} samples, expected ${CCSDS_BLOCK_SIZES.join(", ")}`;
  }
  const rsi = view.getUint16(at + 23);
  return rsi >= 1 && rsi <= MAX_RSI ? null : `a CCSDS reference sample interval of ${rsi}, expected 1 to ${MAX_RSI}`;
}

function name(template: number): string {
  return `${template} (${NAMES[template] ?? "unknown"})`;
}

interface Bytes {
  readonly at: number;
  readonly length: number;
}

/** Describes the first fault in the groups of complex packing, or returns null. @see templates 7.2 and 7.3 */
function groupsProblem(view: DataView, section5: number, packing: Packing, data: Bytes): string | null {
  const groups = view.getUint32(section5 + 31);
  const widthReference = view.getUint8(section5 + 35);
  const widthBits = view.getUint8(section5 + 36);
  const lengthReference = view.getUint32(section5 + 37);
  const lengthIncrement = view.getUint8(section5 + 41);
  const lastLength = view.getUint32(section5 + 42);
  const lengthBits = view.getUint8(section5 + 46);
  if (packing.missingManagement > 2) return `missing value management ${packing.missingManagement}, expected 0, 1 or 2`;
  if (groups > packing.count) return `${groups} groups, expected at most one for each of ${packing.count} values`;
  // A constant field may have no groups: all values are the reference.
  if (groups === 0) return data.length === 0 ? null : `no groups, expected some for ${data.length} bytes of data`;
  if (widthBits > MAX_BITS || lengthBits > MAX_BITS) {
    return `group widths of ${widthBits} and lengths of ${lengthBits} bits, expected at most ${MAX_BITS}`;
  }
  let at = data.at;
  if (packing.template === COMPLEX_DIFFERENCED) {
    const order = view.getUint8(section5 + 47);
    const octets = view.getUint8(section5 + 48);
    if (order !== 1 && order !== 2) return `spatial differencing of order ${order}, expected 1 or 2`;
    if (octets > 4) return `${octets} octets for each first value, expected at most 4`;
    at += (order + 1) * octets;
  }
  const references = at;
  const widths = references + Math.ceil(groups * packing.bits / 8);
  const lengths = widths + Math.ceil(groups * widthBits / 8);
  const values = lengths + Math.ceil(groups * lengthBits / 8);
  const end = data.at + data.length;
  if (values > end) return `${groups} groups that need more than the ${data.length} bytes of data`;
  const widthReader = new BitReader(view, widths);
  const lengthReader = new BitReader(view, lengths);
  let points = 0;
  let dataBits = 0;
  for (let group = 0; group < groups; group++) {
    const width = widthReference + widthReader.read(widthBits);
    const scaled = lengthReference + lengthReader.read(lengthBits) * lengthIncrement;
    const length = group === groups - 1 ? lastLength : scaled;
    if (width > MAX_BITS) return `group ${group + 1} packs ${width} bits a value, expected at most ${MAX_BITS}`;
    points += length;
    dataBits += width * length;
  }
  if (points !== packing.count) return `groups of ${points} values in all, expected ${packing.count}`;
  const wanted = values + Math.ceil(dataBits / 8);
  if (wanted !== end) return `${end - values} bytes of grouped values, expected ${wanted - values}`;
  return null;
}

/** A reader of consecutive unsigned integers of any number of bits, most significant bit first. */
class BitReader {
  readonly #view: DataView;
  #bit: number;

  constructor(view: DataView, byte: number) {
    this.#view = view;
    this.#bit = byte * 8;
  }

  /** @throws RangeError beyond the end of the view */
  read(bits: number): number {
    let value = 0;
    let left = bits;
    while (left > 0) {
      const offset = this.#bit & 7;
      const take = Math.min(8 - offset, left);
      const byte = this.#view.getUint8(Math.floor(this.#bit / 8));
      value = value * 2 ** take + ((byte >> (8 - offset - take)) & (2 ** take - 1));
      this.#bit += take;
      left -= take;
    }
    return value;
  }
}

/** Reads width × height from the IHDR chunk. Null when there is none. */
function pngPixels(view: DataView, at: number, length: number): number | null {
  const SIGNATURE = [0x89504e47, 0x0d0a1a0a];
  if (length < 24 || view.getUint32(at) !== SIGNATURE[0] || view.getUint32(at + 4) !== SIGNATURE[1]) return null;
  return view.getUint32(at + 16) * view.getUint32(at + 20);
}

/** Reads width × height from the SIZ marker of a bare codestream. Null when there is none. */
function jpeg2000Pixels(view: DataView, at: number, length: number): number | null {
  const START_AND_SIZE = 0xff4fff51;
  if (length < 24 || view.getUint32(at) !== START_AND_SIZE) return null;
  const [width, height, offsetX, offsetY] = [8, 12, 16, 20].map((offset) => view.getUint32(at + offset)) as [
    ...[number, number, number, number],
  ];
  return (width - offsetX) * (height - offsetY);
}
