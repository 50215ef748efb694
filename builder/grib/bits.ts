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
  if (bits <= 25) return window >>> (32 - bits);
  return (window | (view.getUint8(byte + 4) >>> (8 - before))) >>> (32 - bits);
}

/** A list of unsigned integers of the same number of bits, one after the other. */
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
