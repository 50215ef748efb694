import { constants, crc32, deflateSync } from "node:zlib";
import { PNG_FILTER, PNG_SIGNATURE, pngChunk, pngHeader } from "../../contract/png.ts";
import { concatenate } from "../concatenate.ts";

/** Side of a tile. */
export const TILE_SIZE_PX = 512;

const TILE_PIXELS = TILE_SIZE_PX ** 2;
const MAX_ENTRIES = 256;

/**
 * Run-length encoding of the differences from row to row has the best size × time of all that were measured
 * (bench/tile_png.ts, docs/PERFORMANCE.md). The chunk holds a whole tile of weather, so that no output is copied.
 */
const DEFLATE = { level: 1, strategy: constants.Z_RLE, chunkSize: 64 * 1024 } as const;

/** Pixels that are compared or subtracted at once, as the bytes of a word. */
const WORD_PIXELS = 4;
const ROW_WORDS = TILE_SIZE_PX / WORD_PIXELS;
const HIGH_BITS = 0x8080_8080;
const LOW_BITS = 0x7f7f_7f7f;

/**
 * Encoder of tiles that share one palette. The same numbers always give the same bytes, of which a tile that is
 * transparent everywhere shares one array with all others.
 */
export class TilePngEncoder {
  readonly #beforeData: Uint8Array;
  /** Rows of a filter type and `TILE_SIZE_PX` differences. Encoding is synchronous, so one buffer is enough. */
  readonly #filtered = new Uint8Array((TILE_SIZE_PX + 1) * TILE_SIZE_PX);
  readonly #row = new Uint32Array(ROW_WORDS);
  readonly #rowBytes = new Uint8Array(this.#row.buffer);
  #empty: Uint8Array<ArrayBuffer> | null = null;

  /**
   * @param rgba four bytes for each entry of the palette: red, green, blue, alpha; entry 0 is transparent
   * @throws RangeError unless there are 1 to 256 entries, of which the first is transparent
   */
  constructor(rgba: Uint8Array) {
    const entries = rgba.length / 4;
    if (!Number.isInteger(entries) || entries < 1 || entries > MAX_ENTRIES) {
      throw new RangeError(`Cannot use a palette of ${rgba.length} bytes: expected four for each of 1 to 256 entries`);
    }
    if (rgba[3] !== 0) throw new RangeError(`Cannot use a palette whose entry 0 has alpha ${rgba[3]}: expected 0`);
    this.#beforeData = concatenate([
      PNG_SIGNATURE,
      pngHeader(TILE_SIZE_PX, TILE_SIZE_PX, "palette", crc32),
      pngChunk("PLTE", rgba.filter((_, i) => i % 4 !== 3), crc32),
      pngChunk("tRNS", alphaOf(rgba), crc32),
    ]);
    for (let y = 0; y < TILE_SIZE_PX; y++) this.#filtered[y * (TILE_SIZE_PX + 1)] = PNG_FILTER.up;
  }

  /**
   * Encodes a tile as PNG.
   * @param numbers `TILE_SIZE_PX` × `TILE_SIZE_PX` palette numbers, row 0 north, each below the number of entries
   * @throws RangeError for another number of pixels
   */
  encode(numbers: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    if (numbers.length !== TILE_PIXELS) {
      throw new RangeError(`Cannot encode a tile of ${numbers.length} pixels: expected ${TILE_PIXELS}`);
    }
    const words = wordsOf(numbers);
    if (!isTransparent(words)) return this.#encode(words);
    return this.#empty ??= this.#encode(words);
  }

  #encode(words: Uint32Array): Uint8Array<ArrayBuffer> {
    this.#filter(words);
    return concatenate([
      this.#beforeData,
      pngChunk("IDAT", deflateSync(this.#filtered, DEFLATE), crc32),
      pngChunk("IEND", new Uint8Array(), crc32),
    ]);
  }

  /** Subtracts from each row the row above it, modulo 256, as the filter "up" requires. */
  #filter(words: Uint32Array): void {
    const row = this.#row;
    row.set(words.subarray(0, ROW_WORDS));
    this.#filtered.set(this.#rowBytes, 1);
    for (let y = 1; y < TILE_SIZE_PX; y++) {
      const start = y * ROW_WORDS;
      for (let i = 0; i < ROW_WORDS; i++) {
        const own = words[start + i]!;
        const above = words[start + i - ROW_WORDS]!;
        // Four bytes at once: no byte borrows from the next, since its highest bit is set before and corrected after.
        row[i] = ((own | HIGH_BITS) - (above & LOW_BITS)) ^ ((own ^ ~above) & HIGH_BITS);
      }
      this.#filtered.set(this.#rowBytes, y * (TILE_SIZE_PX + 1) + 1);
    }
  }
}

/** Returns the numbers of four pixels per word, in memory order; a copy where words cannot be aligned. */
function wordsOf(numbers: Uint8Array<ArrayBuffer>): Uint32Array {
  const { buffer, byteOffset } = numbers.byteOffset % WORD_PIXELS === 0 ? numbers : numbers.slice();
  return new Uint32Array(buffer, byteOffset, TILE_PIXELS / WORD_PIXELS);
}

function isTransparent(words: Uint32Array): boolean {
  for (let i = 0; i < words.length; i++) {
    if (words[i] !== 0) return false;
  }
  return true;
}

/** Returns the alpha of the entries up to the last that is not opaque: decoders take the others as opaque. */
function alphaOf(rgba: Uint8Array): Uint8Array {
  const alpha = rgba.filter((_, i) => i % 4 === 3);
  return alpha.subarray(0, alpha.findLastIndex((value) => value !== 255) + 1);
}
