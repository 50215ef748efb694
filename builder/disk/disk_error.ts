/**
 * Error when the disk is full, read-only or gone: the data to be written are not at fault. The message names the path.
 */
export class DiskError extends Error {
  override readonly name = "DiskError";

  static writing(path: string, cause: unknown): DiskError {
    return new DiskError(`Cannot write "${path}": ${cause instanceof Error ? cause.message : cause}`, { cause });
  }

  static asking(path: string, cause: unknown): DiskError {
    const reason = cause instanceof Error ? cause.message : cause;
    return new DiskError(`Cannot read the free space of the disk of "${path}": ${reason}`, { cause });
  }
}
