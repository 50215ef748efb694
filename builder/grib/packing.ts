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

/** Writes the values of integers: (reference + integer × 2^E) / 10^D. NaN stays NaN. @param at index of the first value */
export function scaleIntegers(
  integers: Float64Array,
  { reference, binaryScale, decimalScale }: Packing,
  values: Float32Array,
  at: number,
): void {
  const [binary, decimal] = [2 ** binaryScale, 10 ** decimalScale];
  for (let i = 0; i < integers.length; i++) values[at + i] = (reference + integers[i]! * binary) / decimal;
}

/** Largest scale factors: real fields have at most a few dozen, and beyond these a float32 holds none of the values. */
const MAX_BINARY_SCALE = 127;
const MAX_DECIMAL_SCALE = 38;
/** Most bits of a packed integer. */
export const MAX_BITS = 32;
/** Largest amount of an integer before scaling: in complex packing the reference of a group is added to a packed one. */
export const MAX_INTEGER = 2 ** 33;
const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

/** Bytes of section 7 before its data: its length and number. */
export const DATA_HEADER_BYTES = 5;

/**
 * Checks section 5 for what all packings have in common, before memory is allocated or values are decoded: the
 * template, the number of values, and the scale factors.
 * @param present number of points that the bitmap does not leave out
 * @throws BadGribError for numbers that do not fit, or a packing that is not read here
 */
export function requireSoundPacking(packing: Packing, present: number): void {
  const { template, count, reference, binaryScale, decimalScale, bits } = packing;
  const fail = (found: string, expected: string): never => {
    throw new BadGribError(`${found}, expected ${expected}`);
  };
  if (!READABLE.includes(template)) {
    fail(`data representation template ${packingName(template)}`, READABLE.map(packingName).join(", "));
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
  const largest = (Math.abs(reference) + MAX_INTEGER * 2 ** binaryScale) / 10 ** decimalScale;
  if (largest > MAX_FLOAT32) fail(`scale factors for values up to ${largest.toPrecision(3)}`, "numbers of a float32");
}

/** Returns a template's number and name, such as `40 (JPEG 2000)`. */
export function packingName(template: number): string {
  return `${template} (${NAMES[template] ?? "unknown"})`;
}
