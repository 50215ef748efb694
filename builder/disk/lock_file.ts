/**
 * Opens a file that serves only as a lock, and makes it when it is missing. It is opened for reading too, because
 * opening a pipe only for writing would wait for a reader.
 */
export function openLockFile(path: string): Promise<Deno.FsFile> {
  return Deno.open(path, { create: true, read: true, write: true });
}
