/** Colours of one picture, as they are met in its blocks, numbered from 1; 0 is transparent. */
export class ColorIndex {
  /** RGBA words in memory order; entry 0 is transparent black. */
  readonly colors = new Uint32Array(MAX_ENTRIES);
  #count = 1;
  // Open addressing; a slot holds a colour and its number, and number 0 is a free slot.
  readonly #keys = new Uint32Array(SLOTS);
  readonly #numbers = new Uint16Array(SLOTS);

  /**
   * The block as one byte a pixel, or null when the picture turns out to have more than 255 opaque colours.
   * @param rgba RGBA words in memory order
   */
  indexBlock(rgba: Uint32Array): Uint8Array | null {
    const indices = new Uint8Array(rgba.length);
    let lastWord = 0;
    let lastNumber = 0;
    for (let i = 0; i < rgba.length; i++) {
      const word = rgba[i]!;
      if (word !== lastWord) { // weather is smooth: most pixels repeat their neighbour
        const number = this.#numberOf(word);
        if (number === -1) return null;
        lastWord = word;
        lastNumber = number;
      }
      indices[i] = lastNumber;
    }
    return indices;
  }

  #numberOf(word: number): number {
    if (word === 0) return 0;
    let slot = (Math.imul(word, HASH_MULTIPLIER) >>> 0) % SLOTS;
    while (this.#numbers[slot] !== 0) {
      if (this.#keys[slot] === word) return this.#numbers[slot]!;
      slot = (slot + 1) % SLOTS;
    }
    if (this.#count === MAX_ENTRIES) return -1;
    this.#keys[slot] = word;
    this.#numbers[slot] = this.#count;
    this.colors[this.#count] = word;
    return this.#count++;
  }
}

const MAX_ENTRIES = 256;
const SLOTS = 1024;
const HASH_MULTIPLIER = 0x9e3779b1; // Knuth's multiplicative hashing, 2^32 / golden ratio
