import { constants, crc32, inflateRawSync } from "node:zlib";
import { BLOCK_SIZE_PX, type Grid } from "../../contract/grid.ts";
import { blocksAcross, STRIP_ROWS, StripIndex, stripIndexBytes, STRIPS_PER_BLOCK } from "../../contract/strip_index.ts";
import { BadArtifactError } from "../errors.ts";
import { readAt } from "./cog_file.ts";
import type { BlockCache } from "./picture.ts";
import type { CellReader } from "./cell_reader.ts";

const STRIP_VALUES = STRIP_ROWS * BLOCK_SIZE_PX;
const STRIP_BYTES = STRIP_VALUES * 4;

/** What cannot be made smaller grows by some bytes. */
const MAX_DEFLATED_BYTES = STRIP_BYTES + 1024;

let openings = 0;

/**
 * Reads a value COG by strips, a hundred and twenty-eighth of a block each. The index stays in memory and the file does
 * not stay open: opening it again takes some microseconds, of pages that are nearly always in memory.
 */
export class StripValues implements CellReader {
  readonly holdsFile = false;
  readonly #path: string;
  readonly #blocks: BlockCache;
  readonly #grid: Grid;
  readonly #blocksAcross: number;
  #index: StripIndex;
  /** For keys of the cache: what is known by one index need not hold for the next. */
  #id = ++openings;

  private constructor(path: string, blocks: BlockCache, grid: Grid, index: StripIndex) {
    this.#path = path;
    this.#blocks = blocks;
    this.#grid = grid;
    this.#blocksAcross = blocksAcross(grid);
    this.#index = index;
  }

  /**
   * @returns null when the file has no index of strips
   * @throws BadArtifactError when the index is damaged or of another grid
   */
  static open(path: string, blocks: BlockCache, grid: Grid): StripValues | null {
    using file = Deno.openSync(path);
    const index = readIndex(file, path, grid);
    return index && new StripValues(path, blocks, grid, index);
  }

  get byteLength(): number {
    return this.#index.byteLength;
  }

  cell(column: number, row: number): number {
    const block = Math.floor(row / BLOCK_SIZE_PX) * this.#blocksAcross + Math.floor(column / BLOCK_SIZE_PX);
    const strip = this.#strip(block * STRIPS_PER_BLOCK + Math.floor((row % BLOCK_SIZE_PX) / STRIP_ROWS));
    return strip[(row % STRIP_ROWS) * BLOCK_SIZE_PX + column % BLOCK_SIZE_PX]!;
  }

  #strip(number: number): Float32Array {
    const known = this.#blocks.get(this.#key(number)) as Float32Array | undefined;
    if (known) return known;
    const bytes = inflateRawSync(this.#read(number), {
      finishFlush: constants.Z_SYNC_FLUSH, // only the last strip of a block ends its stream
      chunkSize: STRIP_BYTES + 1,
      maxOutputLength: STRIP_BYTES,
    });
    if (bytes.length !== STRIP_BYTES) {
      throw new BadArtifactError(`Strip ${number} of "${this.#path}" has ${bytes.length} bytes, not ${STRIP_BYTES}`);
    }
    const strip = new Float32Array(bytes.buffer, bytes.byteOffset, STRIP_VALUES).slice();
    this.#blocks.set(this.#key(number), strip);
    return strip;
  }

  #key(number: number): string {
    return `strip#${this.#id}#${number}`;
  }

  /** The compressed bytes of a strip. The frame may have been repaired since the index was read: then it is read again. */
  #read(number: number): Uint8Array {
    using file = Deno.openSync(this.#path);
    const bytes = readStrip(file, this.#index, number);
    if (bytes) return bytes;
    const index = readIndex(file, this.#path, this.#grid);
    const current = index && readStrip(file, index, number);
    if (!current) throw new BadArtifactError(`Strip ${number} of "${this.#path}" is damaged`);
    this.#index = index;
    this.#id = ++openings;
    return current;
  }

  [Symbol.dispose](): void {}
}

/** @returns null when it is not what the index tells of */
function readStrip(file: Deno.FsFile, index: StripIndex, number: number): Uint8Array | null {
  const strip = index.strip(number);
  if (strip.length > MAX_DEFLATED_BYTES || strip.start + strip.length > file.seekSync(0, Deno.SeekMode.End)) {
    return null;
  }
  const bytes = readAt(file, strip.start, strip.length);
  return crc32(bytes) === strip.crc32 ? bytes : null;
}

function readIndex(file: Deno.FsFile, path: string, grid: Grid): StripIndex | null {
  const length = stripIndexBytes(grid);
  const start = file.seekSync(0, Deno.SeekMode.End) - length;
  if (start < 0) return null;
  try {
    return StripIndex.decode(readAt(file, start, length), grid, crc32);
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new BadArtifactError(`"${path}" cannot be read: ${cause.message}`, { cause });
    }
    throw cause;
  }
}
