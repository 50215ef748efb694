import { cellAt, type Grid } from "../../contract/grid.ts";
import { type LevelCell, shownCell } from "../../contract/pyramid.ts";
import { requireRegularFile } from "../regular_file.ts";
import { BlockReader } from "./block_reader.ts";
import type { CellReader } from "./cell_reader.ts";
import type { BlockCache } from "../cog/block_cache.ts";
import { RowIndexReader } from "./row_index_reader.ts";

/** A value COG on the grid of its model's values. */
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

  get holdsFile(): boolean {
    return this.#cells.holdsFile;
  }

  /** The value of the cell that holds a point, in metres of EPSG:3857; null outside the grid and at nodata. */
  at(xM: number, yM: number): number | null {
    const cell = cellAt(this.#grid, xM, yM);
    return cell && this.#valueOf({ level: this.#cells.levels[0]!, ...cell });
  }

  /** The value of the pixel that a map of this zoom shows at a point; null outside the grid and at nodata. */
  shownAt(xM: number, yM: number, zoom: number, tileSizePx: number): number | null {
    const cell = shownCell({ xM, yM }, zoom, tileSizePx, this.#cells.levels, this.#grid);
    return cell && this.#valueOf(cell);
  }

  #valueOf({ level, column, row }: LevelCell): number | null {
    const value = this.#cells.cell(level, column, row);
    return Number.isNaN(value) ? null : value;
  }

  [Symbol.dispose](): void {
    this.#cells[Symbol.dispose]();
  }
}
