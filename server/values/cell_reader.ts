import type { Level } from "../../contract/pyramid.ts";

/** Reads the cells of a value COG. */
export interface CellReader<L extends Level = Level> extends Disposable {
  /** The levels that can be read: the full image first, then the overviews. */
  readonly levels: readonly L[];
  /** Whether the reader keeps its file open. */
  readonly holdsFile: boolean;
  /** Returns the value of a cell of a level; NaN for nodata. @throws BadArtifactError */
  cell(level: L, column: number, row: number): number;
}
