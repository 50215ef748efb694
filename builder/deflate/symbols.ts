/** Symbols of lengths and distances (RFC 1951, section 3.2.5). */

export const END_OF_BLOCK = 256;
export const LITERAL_SYMBOLS = 286;
export const DISTANCE_SYMBOLS = 30;
/** Shortest and longest repetition, in bytes. */
export const MIN_LENGTH = 3;
export const MAX_LENGTH = 258;
const FIRST_LENGTH = 257;

/** Number of extra bits of each symbol, and the smallest value that it stands for. */
interface Ranges {
  readonly extraBits: Uint8Array;
  readonly bases: Uint16Array;
}

function ranges(extraBits: Uint8Array, first: number): Ranges {
  const bases = new Uint16Array(extraBits.length);
  let base = first;
  extraBits.forEach((bits, i) => {
    bases[i] = base;
    base += 1 << bits;
  });
  return { extraBits, bases };
}

/** Lengths from 3, by symbol minus `FIRST_LENGTH`; the last symbol stands for the longest alone. */
const lengthRanges = ranges(Uint8Array.from({ length: 28 }, (_, i) => i < 8 ? 0 : (i >> 2) - 1), MIN_LENGTH);

const distanceRanges = ranges(Uint8Array.from({ length: DISTANCE_SYMBOLS }, (_, i) => i < 4 ? 0 : (i >> 1) - 1), 1);

/** Symbol, number of extra bits and extra bits of each length, by length. */
export const LENGTH_SYMBOLS = new Uint16Array(MAX_LENGTH + 1);
export const LENGTH_EXTRA_BITS = new Uint8Array(MAX_LENGTH + 1);
export const LENGTH_EXTRAS = new Uint8Array(MAX_LENGTH + 1);
lengthRanges.bases.forEach((base, i) => {
  const bits = lengthRanges.extraBits[i]!;
  for (let extra = 0; extra < 1 << bits; extra++) {
    LENGTH_SYMBOLS[base + extra] = FIRST_LENGTH + i;
    LENGTH_EXTRA_BITS[base + extra] = bits;
    LENGTH_EXTRAS[base + extra] = extra;
  }
});
LENGTH_SYMBOLS[MAX_LENGTH] = LITERAL_SYMBOLS - 1;
LENGTH_EXTRA_BITS[MAX_LENGTH] = 0;
LENGTH_EXTRAS[MAX_LENGTH] = 0;

export const DISTANCE_EXTRA_BITS = distanceRanges.extraBits;
export const DISTANCE_BASES = distanceRanges.bases;

/** @param distance from 1 to 32768 bytes */
export function distanceSymbol(distance: number): number {
  const fromZero = distance - 1;
  if (fromZero < 4) return fromZero;
  const bits = 30 - Math.clz32(fromZero); // of the part below the two highest
  return bits * 2 + (fromZero >>> bits);
}
