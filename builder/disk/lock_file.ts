/**
 * Opens a file that is only there to be locked, and makes it where it is missing. For reading too: to open a pipe for writing
 * alone would wait for somebody who reads.
 */
export function openLockFile(path: string): Promise<Deno.FsFile> {
  return Deno.open(path, { create: true, read: true, write: true });
}
