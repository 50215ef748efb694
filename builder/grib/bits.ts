/** Most bits that are always within four bytes, wherever they begin in the first of them. */
const MAX_WINDOW_BITS = 25;

/**
 * Reads an unsigned integer of 0 to 32 bits, most significant bit first. The view has to extend four bytes beyond the
 * integer: in a message the end mark does.
 * @param bit the offset of the first bit
 * @throws RangeError beyond the end of the view
 */
export function bitsAt(view: DataView, bit: number, bits: number): number {
  if (bits === 0) return 0;
  const byte = bit >>> 3;
  const before = bit & 7;
  const window = view.getUint32(byte) << before;
  if (bits <= MAX_WINDOW_BITS) return window >>> (32 - bits);
  return (window | (view.getUint8(byte + 4) >>> (8 - before))) >>> (32 - bits);
}

/** A list of unsigned integers of the same number of bits, one after the other, in a view as for `bitsAt`. */
export class PackedIntegers {
  readonly #view: DataView;
  readonly #firstBit: number;
  readonly #bits: number;

  /** @param byte the offset of the first integer */
  constructor(view: DataView, byte: number, bits: number) {
    this.#view = view;
    this.#firstBit = byte * 8;
    this.#bits = bits;
  }

  /** @throws RangeError beyond the end of the view */
  at(index: number): number {
    return bitsAt(this.#view, this.#firstBit + index * this.#bits, this.#bits);
  }
}

/** Number of integers that are unpacked together: few enough for the processor's cache. */
export const PART_INTEGERS = 8192;

/** Consecutive unsigned integers of the same number of bits, each of which stands for itself and `addend`. */
export interface IntegerRun {
  readonly firstBit: number;
  readonly bits: number;
  readonly addend: number;
}

/**
 * Reads integers into an array, from index `from` up to `to`.
 * @throws RangeError beyond the end of the view, which has to be as for `bitsAt`
 */
export function readRun(
  view: DataView,
  { firstBit, bits, addend }: IntegerRun,
  into: Float64Array,
  from: number,
  to: number,
): void {
  if (bits === 0) {
    for (let i = from; i < to; i++) into[i] = addend;
  } else if (bits <= MAX_WINDOW_BITS) {
    // Nearly all values of real messages are read here: written out, this takes half of the time of `bitsAt`.
    const unused = 32 - bits;
    for (let i = from, at = firstBit; i < to; i++, at += bits) {
      into[i] = addend + ((view.getUint32(at >>> 3) << (at & 7)) >>> unused);
    }
  } else {
    for (let i = from, at = firstBit; i < to; i++, at += bits) into[i] = addend + bitsAt(view, at, bits);
  }
}
