import { ArchiveError } from "./archive_error.ts";

/**
 * Whole numbers from 0 to 2^53 − 1 as variable-length integers: seven bits a byte, lowest first; the highest bit says
 * that another byte follows. @see https://protobuf.dev/programming-guides/encoding/#varints
 */

export function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push(rest % 0x80 | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}

/** Reader of variable-length integers, one after the other. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get remainingBytes(): number {
    return this.#bytes.length - this.#at;
  }

  /** @throws ArchiveError at the end of the bytes, and for a number above 2^53 − 1 */
  next(): number {
    let value = 0;
    for (let scale = 1;; scale *= 0x80) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new ArchiveError("A directory ends in the middle of a number");
      value += (byte & 0x7f) * scale;
      if (value > Number.MAX_SAFE_INTEGER || scale > Number.MAX_SAFE_INTEGER) {
        throw new ArchiveError("A directory has a number above 2^53 − 1");
      }
      if (byte < 0x80) return value;
    }
  }
}
