/** The error that bytes are no tile archive, are damaged, or break the specification of PMTiles. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
}
