/** Error when a path is not a regular file. Opening a pipe would wait forever. */
export class NotAFileError extends Error {
  override readonly name = "NotAFileError";
}

/** Reads the bytes of a file. @throws NotAFileError; Deno.errors.NotFound */
export async function readRegularFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  if (!(await Deno.stat(path)).isFile) throw new NotAFileError(`"${path}" is not a file`);
  return await Deno.readFile(path);
}
