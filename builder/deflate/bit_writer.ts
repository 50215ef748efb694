/** Writes bits in DEFLATE's order: from the lowest bit of each byte (RFC 1951, section 3.1.1). */
export class BitWriter {
  /** Bytes that were written so far, and room behind them. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Number of whole bytes that were written. */
  length = 0;
  /** Bits of the byte that is not whole yet, and their number, 0 to 7. */
  pending = 0;
  pendingBits = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Makes room for a number of bytes behind what was written. */
  reserve(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.length + bytes, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** @param count at most 24 */
  write(bits: number, count: number): void {
    this.reserve(4);
    this.pending |= bits << this.pendingBits;
    this.pendingBits += count;
    while (this.pendingBits >= 8) {
      this.bytes[this.length++] = this.pending;
      this.pending >>>= 8;
      this.pendingBits -= 8;
    }
  }

  /** Ends the byte that is not whole with zeros. */
  alignToByte(): void {
    if (this.pendingBits > 0) this.write(0, 8 - this.pendingBits);
  }

  /** Starts again at the first byte. */
  reset(): void {
    this.length = 0;
    this.pending = 0;
    this.pendingBits = 0;
  }
}
