/** Bytes behind the position that a write may touch. */
const SPARE_BYTES = 4;

/** Writes bits in DEFLATE's order: from the lowest bit of each byte (RFC 1951, section 3.1.1). */
export class BitWriter {
  /** Bytes that were written so far, and room behind them. The bits of a byte that are not written yet are 0. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Number of bits that were written so far. */
  position = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity + SPARE_BYTES);
  }

  /** Number of bytes that were written so far, with one that is not whole. */
  get length(): number {
    return (this.position + 7) >>> 3;
  }

  /** Makes room for a number of bytes behind what was written. */
  reserve(bytes: number): void {
    const needed = this.length + bytes + SPARE_BYTES;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** @param count at most 24 */
  write(bits: number, count: number): void {
    this.reserve(SPARE_BYTES);
    const at = this.position >>> 3;
    const word = this.bytes[at]! | bits << (this.position & 7);
    this.bytes[at] = word;
    this.bytes[at + 1] = word >>> 8;
    this.bytes[at + 2] = word >>> 16;
    this.bytes[at + 3] = word >>> 24;
    this.position += count;
  }

  /** Ends the byte that is not whole with zeros. */
  alignToByte(): void {
    this.position = this.length * 8;
    this.reserve(SPARE_BYTES);
    this.bytes[this.position >>> 3] = 0;
  }

  /** Starts again at the first byte. */
  reset(): void {
    this.position = 0;
    this.bytes[0] = 0;
  }
}
