import { restoreFloats } from "../../contract/float_predictor.ts";
import type { Grid } from "../../contract/grid.ts";
import { BadArtifactError } from "../errors.ts";
import { CogFile, type CogLevel } from "../cog/cog_file.ts";
import type { BlockCache } from "../cog/block_cache.ts";
import type { CellReader } from "./cell_reader.ts";

const FLOAT32_BYTES = 4;

/** Reads a value COG without a row index, by whole blocks. The file stays open. */
export class BlockReader implements CellReader<CogLevel> {
  readonly holdsFile = true;
  readonly #file: CogFile;
  readonly #blocks: BlockCache;

  private constructor(file: CogFile, blocks: BlockCache) {
    this.#file = file;
    this.#blocks = blocks;
  }

  /** Opens a value COG. @throws BadArtifactError when the file does not lie on the grid */
  static async open(path: string, blocks: BlockCache, grid: Grid): Promise<BlockReader> {
    const file = await CogFile.open(path);
    const { width, height } = file.levels[0]!;
    const isOnGrid = width === grid.width && height === grid.height && file.box.westM === grid.westM &&
      file.box.northM === grid.northM && file.box.eastM === grid.eastM && file.box.southM === grid.southM;
    if (!isOnGrid) {
      file[Symbol.dispose]();
      throw new BadArtifactError(`"${path}" does not lie on the grid of its model`);
    }
    return new BlockReader(file, blocks);
  }

  get levels(): readonly CogLevel[] {
    return this.#file.levels;
  }

  cell(level: CogLevel, column: number, row: number): number {
    const { blockSizePx, blocksAcross } = level;
    const block = this.#block(level, Math.floor(row / blockSizePx) * blocksAcross + Math.floor(column / blockSizePx));
    return block?.[(row % blockSizePx) * blockSizePx + column % blockSizePx] ?? NaN;
  }

  #block(level: CogLevel, blockIndex: number): Float32Array | null {
    const key = `${this.#file.id}#${level.width}#${blockIndex}`;
    const known = this.#blocks.get(key) as Float32Array | undefined;
    if (known) return known;
    const bytes = this.#file.readBlock(level, blockIndex);
    if (bytes === null) return null;
    const count = level.blockSizePx ** 2;
    if (bytes.length !== count * FLOAT32_BYTES) {
      throw new BadArtifactError(
        `A block of "${this.#file.path}" has ${bytes.length} bytes, not ${count * FLOAT32_BYTES}`,
      );
    }
    const block = level.predictor === "floating point"
      ? restoreFloats(bytes, level.blockSizePx)
      : new Float32Array(bytes.buffer, bytes.byteOffset, count).slice();
    this.#blocks.set(key, block);
    return block;
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}
