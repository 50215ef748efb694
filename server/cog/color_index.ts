/** Colours of an RGBA COG in the order in which its blocks use them, numbered from 1; 0 is transparent. */
export class ColorIndex {
  /** RGBA words in memory order; entry 0 is transparent black. */
  readonly colors = new Uint32Array(MAX_ENTRIES);
  /**
   * The same colours as signed words, which V8 compares fastest: unsigned words would become floating-point numbers.
   */
  readonly #signed = new Int32Array(this.colors.buffer);
  #count = 1;
  /** Number of the colour in each slot of a hash table. No two colours share a slot: otherwise the hash is changed. */
  readonly #numbers = new Uint8Array(SLOTS);
  #multiplier = FIRST_MULTIPLIER;

  /**
   * Indexes a block as one byte per pixel; null when the image turns out to have more than 255 opaque colours.
   *
   * Pixels are looked up without a branch and checked against their colours afterwards. A branch per pixel, for the
   * neighbour's colour or a known one, is mispredicted at every edge and takes four times as long.
   * @param rgba RGBA words in memory order
   */
  indexBlock(rgba: Uint32Array): Uint8Array | null {
    const words = new Int32Array(rgba.buffer, rgba.byteOffset, rgba.length);
    const indices = new Uint8Array(words.length);
    for (let start = 0; start < words.length; start += CHUNK_PX) {
      const end = Math.min(start + CHUNK_PX, words.length);
      this.#lookUp(words, indices, start, end);
      if (this.#isRight(words, indices, start, end)) continue;
      if (!this.#learn(words, start, end)) return null;
      this.#lookUp(words, indices, start, end);
    }
    return indices;
  }

  #lookUp(words: Int32Array, indices: Uint8Array, start: number, end: number): void {
    const numbers = this.#numbers;
    const multiplier = this.#multiplier;
    for (let i = start; i < end; i++) indices[i] = numbers[Math.imul(words[i]!, multiplier) >>> SHIFT]!;
  }

  /** Whether every pixel has the colour that was looked up for it. */
  #isRight(words: Int32Array, indices: Uint8Array, start: number, end: number): boolean {
    const signed = this.#signed;
    let difference = 0;
    for (let i = start; i < end; i++) difference |= signed[indices[i]!]! ^ words[i]!;
    return difference === 0;
  }

  /** Numbers the new colours. @returns false when there are too many */
  #learn(words: Int32Array, start: number, end: number): boolean {
    for (let i = start; i < end; i++) {
      const word = words[i]!;
      if (this.#signed[this.#numbers[Math.imul(word, this.#multiplier) >>> SHIFT]!] === word) continue;
      if (this.#count === MAX_ENTRIES) return false;
      this.#signed[this.#count++] = word;
      while (!this.#place()) this.#multiplier = (Math.imul(this.#multiplier, NEXT_MULTIPLIER) | 1) >>> 0;
    }
    return true;
  }

  /** Gives every colour its slot. @returns false when two colours would share a slot */
  #place(): boolean {
    this.#numbers.fill(0);
    for (let number = 1; number < this.#count; number++) {
      const slot = Math.imul(this.#signed[number]!, this.#multiplier) >>> SHIFT;
      // Slot 0 belongs to the word 0, which has number 0.
      if (slot === 0 || this.#numbers[slot] !== 0) return false;
      this.#numbers[slot] = number;
    }
    return true;
  }
}

const MAX_ENTRIES = 256;
const CHUNK_PX = 512;
/** Slots of 16 KB: with 255 colours about one hash in seven gives each colour its own slot. */
const SLOT_BITS = 14;
const SLOTS = 2 ** SLOT_BITS;
const SHIFT = 32 - SLOT_BITS;
const FIRST_MULTIPLIER = 0x9e3779b1; // Knuth's multiplicative hashing, 2^32 / golden ratio
const NEXT_MULTIPLIER = 0x2c1b3c6d;
