import { cellAt, type Grid } from "../../contract/grid.ts";
import { requireRegularFile } from "../regular_file.ts";
import { BlockReader } from "./block_reader.ts";
import type { CellReader } from "./cell_reader.ts";
import type { BlockCache } from "../cog/block_cache.ts";
import { RowIndexReader } from "./row_index_reader.ts";

/** A value COG on a model's value grid. */
export class ValueCog implements Disposable {
  readonly #cells: CellReader;
  readonly #grid: Grid;

  private constructor(cells: CellReader, grid: Grid) {
    this.#cells = cells;
    this.#grid = grid;
  }

  /** Opens a value COG. @throws BadArtifactError when the file does not lie on the grid or is damaged */
  static async open(path: string, blocks: BlockCache, grid: Grid): Promise<ValueCog> {
    await requireRegularFile(path);
    return new ValueCog(RowIndexReader.open(path, blocks, grid) ?? await BlockReader.open(path, blocks, grid), grid);
  }

  get byteLength(): number {
    return this.#cells.byteLength;
  }

  get holdsFile(): boolean {
    return this.#cells.holdsFile;
  }

  /** The value of the cell that holds a point, in metres of EPSG:3857; null outside the grid and at nodata. */
  at(xM: number, yM: number): number | null {
    const cell = cellAt(this.#grid, xM, yM);
    if (cell === null) return null;
    const value = this.#cells.cell(cell.column, cell.row);
    return Number.isNaN(value) ? null : value;
  }

  [Symbol.dispose](): void {
    this.#cells[Symbol.dispose]();
  }
}
