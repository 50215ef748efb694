/** Reads the cells of a value COG on a model's value grid. */
export interface CellReader extends Disposable {
  /** What it takes of memory, its cached blocks left out. */
  readonly byteLength: number;
  /** Whether its file stays open. */
  readonly holdsFile: boolean;
  /** NaN where there is no value. @throws BadArtifactError */
  cell(column: number, row: number): number;
}
