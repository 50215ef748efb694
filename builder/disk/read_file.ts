/** What stands at a path is not a file. To open a pipe would wait for ever. */
export class NotAFileError extends Error {
  override readonly name = "NotAFileError";
}

/** The bytes of a file. @throws NotAFileError; Deno.errors.NotFound */
export async function readRegularFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  if (!(await Deno.stat(path)).isFile) throw new NotAFileError(`"${path}" is not a file`);
  return await Deno.readFile(path);
}
