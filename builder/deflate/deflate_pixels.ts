import { BitWriter } from "./bit_writer.ts";
import { BlockCodes, noFrequencies } from "./block_codes.ts";
import { END_OF_BLOCK } from "./symbols.ts";
import { countTokens, type ItemCodes, repetition, type Tokens, writeTokens } from "./tokens.ts";

const PIXEL_BYTES = 4;
/** Longest repetition, of 256 bytes. */
const MAX_REPEATED = 64;
/** Pixels of DEFLATE's window of 32 KiB. */
const WINDOW_PIXELS = 8192;
/** A repetition of 8 pixels or more is taken without a search for a longer one. */
const LONG_ENOUGH = 8;
const MAX_ENTRIES = 256;

/**
 * Deflates pictures of at most 256 colours as RGBA pixels. Comparing one byte for each pixel instead of four, and
 * looking for repetitions only where a map has them, takes half the time of libdeflate's fastest level, for the same
 * size (docs/PERFORMANCE.md).
 */
export class PixelDeflater {
  readonly #colors: Uint8Array;
  readonly #entries: number;
  readonly #writer = new BitWriter(1 << 16);
  /** Position of the newest pixel with each number that the pixel to its right has a certain number. */
  readonly #pairs = new Int32Array(MAX_ENTRIES ** 2);
  #tokens: Tokens = new Int32Array(0);

  /** @param colors RGBA words in memory order, by palette number; at most 256 */
  constructor(colors: Uint32Array<ArrayBuffer>) {
    if (colors.length > MAX_ENTRIES) throw new RangeError(`Cannot use ${colors.length} colours: expected at most 256`);
    this.#colors = new Uint8Array(colors.buffer, colors.byteOffset, colors.byteLength);
    this.#entries = colors.length;
  }

  /**
   * Deflates an image as a raw stream (RFC 1951).
   * @param numbers palette numbers, each below the number of colours
   * @param width of a row, to look for what the row above has
   * @returns bytes that the next call overwrites
   */
  deflate(numbers: Uint8Array, width: number): Uint8Array<ArrayBuffer> {
    if (this.#tokens.length < numbers.length) this.#tokens = new Int32Array(numbers.length);
    const end = tokenizePixels(numbers, width, this.#tokens, this.#pairs);
    const codes = this.#codesFor(this.#tokens, end);
    const writer = this.#writer;
    writer.reset();
    codes.block.writeHeader(writer, true);
    writeTokens(writer, this.#tokens, 0, end, codes);
    codes.block.writeEnd(writer);
    writer.alignToByte();
    return writer.bytes.subarray(0, writer.length);
  }

  #codesFor(tokens: Tokens, end: number): ItemCodes {
    const colors = this.#colors;
    const uses = new Uint32Array(this.#entries);
    const frequencies = noFrequencies();
    countTokens(tokens, end, PIXEL_BYTES, uses, frequencies);
    const { literals } = frequencies;
    literals[END_OF_BLOCK] = 1;
    for (let i = 0; i < colors.length; i++) literals[colors[i]!] = literals[colors[i]!]! + uses[i >> 2]!;
    const block = BlockCodes.dynamic(frequencies);
    return {
      itemBytes: PIXEL_BYTES,
      block,
      ...this.#twoBytes(block, 0),
      more: this.#twoBytes(block, 2),
    };
  }

  /** Codes of two bytes of each colour, from byte `first` on. */
  #twoBytes({ literals: { lengths, codes } }: BlockCodes, first: number): { bits: Uint32Array; counts: Uint8Array } {
    const bits = new Uint32Array(this.#entries);
    const counts = new Uint8Array(this.#entries);
    for (let entry = 0; entry < this.#entries; entry++) {
      const at = entry * PIXEL_BYTES + first;
      const [one, two] = [this.#colors[at]!, this.#colors[at + 1]!];
      bits[entry] = codes[one]! | codes[two]! << lengths[one]!;
      counts[entry] = lengths[one]! + lengths[two]!;
    }
    return { bits, counts };
  }
}

/**
 * Finds repetitions of three kinds: of the pixel before, of the row above, and of the newest place with the same two
 * pixels.
 * @param into gets at most one token for each pixel
 * @param pairs room for a position of each pair of numbers
 * @returns number of tokens
 */
function tokenizePixels(numbers: Uint8Array, width: number, into: Tokens, pairs: Int32Array): number {
  const size = numbers.length;
  pairs.fill(-WINDOW_PIXELS - 1);
  let count = 0;
  for (let i = 0; i < size;) {
    const own = numbers[i]!;
    const limit = Math.min(i + MAX_REPEATED, size);
    let end = i;
    let distance = 1;
    if (i > 0) {
      const before = numbers[i - 1]!;
      while (end < limit && numbers[end] === before) end++;
    }
    if (end - i < LONG_ENOUGH && i >= width) {
      let stop = i;
      while (stop < limit && numbers[stop] === numbers[stop - width]) stop++;
      if (stop > end) {
        end = stop;
        distance = width;
      }
    }
    if (end - i < LONG_ENOUGH && i + 1 < size) {
      const pair = own << 8 | numbers[i + 1]!;
      const back = i - pairs[pair]!;
      pairs[pair] = i;
      if (back <= WINDOW_PIXELS) {
        let stop = i + 2;
        while (stop < limit && numbers[stop] === numbers[stop - back]) stop++;
        if (stop > end + 1) {
          end = stop;
          distance = back;
        }
      }
    }
    if (end > i) {
      into[count++] = repetition(end - i, distance);
      i = end;
    } else {
      into[count++] = own;
      i++;
    }
  }
  return count;
}
