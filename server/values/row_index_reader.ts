import { constants, crc32, inflateRawSync } from "node:zlib";
import { restoreFloats } from "../../contract/float_predictor.ts";
import { BLOCK_SIZE_PX, type Grid } from "../../contract/grid.ts";
import { type Level, pyramidLevels } from "../../contract/pyramid.ts";
import {
  blocksAcross,
  decodeRowGroup,
  decodeRowIndex,
  ROW_ENTRY_BYTES,
  ROW_FOOTER_BYTES,
  ROW_GROUPS_PER_BLOCK,
  rowGroupCount,
  type RowIndex,
  ROWS_PER_GROUP,
} from "../../contract/row_index.ts";
import { BadArtifactError } from "../errors.ts";
import { readAt } from "../cog/cog_file.ts";
import type { BlockCache } from "../cog/block_cache.ts";
import type { CellReader } from "./cell_reader.ts";

const GROUP_VALUES = ROWS_PER_GROUP * BLOCK_SIZE_PX;
const GROUP_BYTES = GROUP_VALUES * 4;

/** Limit on a compressed row group: incompressible data grows by some bytes. */
const MAX_DEFLATED_BYTES = GROUP_BYTES + 1024;

let openings = 0;

/**
 * Reads a value COG by row groups, each 1/128 of a block. The file is not kept open: opening it again takes some
 * microseconds, because its pages are nearly always in memory.
 */
export class RowIndexReader implements CellReader {
  readonly holdsFile = false;
  readonly levels: readonly Level[];
  readonly #path: string;
  readonly #blocks: BlockCache;
  readonly #grid: Grid;
  /** Number of row groups before those of each level. */
  readonly #groupsBefore: ReadonlyMap<Level, number>;
  #index: RowIndex;
  /** Part of the cache keys: data read with one index need not be valid for the next. */
  #id = ++openings;

  private constructor(path: string, blocks: BlockCache, grid: Grid, index: RowIndex) {
    this.#path = path;
    this.#blocks = blocks;
    this.#grid = grid;
    this.#index = index;
    const levels = pyramidLevels(grid);
    this.levels = index.hasOverviews ? levels : levels.slice(0, 1);
    let before = 0;
    this.#groupsBefore = new Map(this.levels.map((level) => {
      const first = before;
      before += rowGroupCount(level);
      return [level, first];
    }));
  }

  /**
   * Opens a value COG.
   * @returns null when the file has no row index
   * @throws BadArtifactError when the index is damaged or belongs to another grid
   */
  static open(path: string, blocks: BlockCache, grid: Grid): RowIndexReader | null {
    using file = Deno.openSync(path);
    const index = readIndex(file, path, grid);
    return index && new RowIndexReader(path, blocks, grid, index);
  }

  cell(level: Level, column: number, row: number): number {
    const block = Math.floor(row / BLOCK_SIZE_PX) * blocksAcross(level) + Math.floor(column / BLOCK_SIZE_PX);
    const inLevel = block * ROW_GROUPS_PER_BLOCK + Math.floor((row % BLOCK_SIZE_PX) / ROWS_PER_GROUP);
    const group = this.#rowGroup(this.#groupsBefore.get(level)! + inLevel);
    return group[(row % ROWS_PER_GROUP) * BLOCK_SIZE_PX + column % BLOCK_SIZE_PX]!;
  }

  #rowGroup(number: number): Float32Array {
    const known = this.#blocks.get(this.#key(number)) as Float32Array | undefined;
    if (known) return known;
    const bytes = inflateRawSync(this.#read(number), {
      finishFlush: constants.Z_SYNC_FLUSH, // only the last row group of a block ends its stream
      chunkSize: GROUP_BYTES + 1,
      maxOutputLength: GROUP_BYTES,
    });
    if (bytes.length !== GROUP_BYTES) {
      throw new BadArtifactError(
        `Row group ${number} of "${this.#path}" has ${bytes.length} bytes, not ${GROUP_BYTES}`,
      );
    }
    const group = this.#index.hasOverviews
      ? restoreFloats(bytes, BLOCK_SIZE_PX)
      : new Float32Array(bytes.buffer, bytes.byteOffset, GROUP_VALUES).slice();
    this.#blocks.set(this.#key(number), group);
    return group;
  }

  #key(number: number): string {
    return `group#${this.#id}#${number}`;
  }

  /**
   * Reads the compressed bytes of a row group. After a mismatch the index is read again, since the frame may have been
   * repaired meanwhile.
   */
  #read(number: number): Uint8Array {
    using file = Deno.openSync(this.#path);
    const bytes = readRowGroup(file, this.#index, number);
    if (bytes) return bytes;
    const index = readIndex(file, this.#path, this.#grid);
    const isAlike = index !== null && index.hasOverviews === this.#index.hasOverviews;
    const current = isAlike && readRowGroup(file, index, number);
    if (!current) throw new BadArtifactError(`Row group ${number} of "${this.#path}" is damaged`);
    this.#index = index;
    this.#id = ++openings;
    return current;
  }

  [Symbol.dispose](): void {}
}

/** Reads the compressed bytes of a row group. @returns null when they do not match the index */
function readRowGroup(file: Deno.FsFile, { entriesAt }: RowIndex, number: number): Uint8Array | null {
  const size = file.seekSync(0, Deno.SeekMode.End);
  const entryAt = entriesAt + number * ROW_ENTRY_BYTES;
  if (entryAt + ROW_ENTRY_BYTES > size) return null;
  const group = decodeRowGroup(readAt(file, entryAt, ROW_ENTRY_BYTES));
  if (group.length > MAX_DEFLATED_BYTES || group.start + group.length > size) return null;
  const bytes = readAt(file, group.start, group.length);
  return crc32(bytes) === group.crc32 ? bytes : null;
}

function readIndex(file: Deno.FsFile, path: string, grid: Grid): RowIndex | null {
  const size = file.seekSync(0, Deno.SeekMode.End);
  if (size < ROW_FOOTER_BYTES) return null;
  try {
    return decodeRowIndex(readAt(file, size - ROW_FOOTER_BYTES, ROW_FOOTER_BYTES), size, grid, crc32);
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new BadArtifactError(`"${path}" cannot be read: ${cause.message}`, { cause });
    }
    throw cause;
  }
}
