import { cellAt, type Grid } from "../../contract/grid.ts";
import { BadArtifactError } from "../errors.ts";
import { CogFile } from "./cog_file.ts";
import type { BlockCache } from "./picture.ts";

const FLOAT32_BYTES = 4;

/** A value COG on a model's value grid. */
export class Values implements Disposable {
  readonly #file: CogFile;
  readonly #blocks: BlockCache;
  readonly #grid: Grid;

  private constructor(file: CogFile, blocks: BlockCache, grid: Grid) {
    this.#file = file;
    this.#blocks = blocks;
    this.#grid = grid;
  }

  /** @throws BadArtifactError when the file does not lie on the grid */
  static async open(path: string, blocks: BlockCache, grid: Grid): Promise<Values> {
    const file = await CogFile.open(path);
    const { width, height } = file.levels[0]!;
    const isOnGrid = width === grid.width && height === grid.height && file.box.westM === grid.westM &&
      file.box.northM === grid.northM && file.box.eastM === grid.eastM && file.box.southM === grid.southM;
    if (!isOnGrid) {
      file[Symbol.dispose]();
      throw new BadArtifactError(`"${path}" does not lie on the value grid of its model`);
    }
    return new Values(file, blocks, grid);
  }

  /** The value of the cell that holds a point, in metres of EPSG:3857; null outside the grid and where it is missing. */
  at(xM: number, yM: number): number | null {
    const cell = cellAt(this.#grid, xM, yM);
    if (cell === null) return null;
    const level = this.#file.levels[0]!;
    const { blockSizePx } = level;
    const blockIndex = Math.floor(cell.row / blockSizePx) * level.blocksAcross + Math.floor(cell.column / blockSizePx);
    const block = this.#block(blockIndex);
    const value = block?.[(cell.row % blockSizePx) * blockSizePx + cell.column % blockSizePx];
    return value === undefined || Number.isNaN(value) ? null : value;
  }

  #block(blockIndex: number): Float32Array | null {
    const key = `${this.#file.id}#${blockIndex}`;
    const known = this.#blocks.get(key) as Float32Array | undefined;
    if (known) return known;
    const level = this.#file.levels[0]!;
    const bytes = this.#file.readBlock(level, blockIndex);
    if (bytes === null) return null;
    const count = level.blockSizePx ** 2;
    if (bytes.length !== count * FLOAT32_BYTES) {
      throw new BadArtifactError(
        `A block of "${this.#file.path}" has ${bytes.length} bytes, not ${count * FLOAT32_BYTES}`,
      );
    }
    const block = new Float32Array(bytes.buffer, bytes.byteOffset, count).slice();
    this.#blocks.set(key, block);
    return block;
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }
}
