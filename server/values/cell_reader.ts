/** Reads the cells of a value COG on a model's value grid. */
export interface CellReader extends Disposable {
  /** Memory of the reader in bytes, without its cached blocks. */
  readonly byteLength: number;
  /** Whether the reader keeps its file open. */
  readonly holdsFile: boolean;
  /** Returns the value of a cell; NaN for nodata. @throws BadArtifactError */
  cell(column: number, row: number): number;
}
