import { DiskError } from "./disk_error.ts";

/**
 * Renames a file or folder that cannot be used and stands in the place of one of this project's: it can be inspected
 * under the new name, and its place is free.
 * @returns the new name; null when there was nothing
 * @throws DiskError
 */
export async function setAside(path: string): Promise<string | null> {
  const other = `${path}.damaged-${crypto.randomUUID().slice(0, 8)}`;
  try {
    await Deno.rename(path, other);
    return other;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw DiskError.writing(path, error);
  }
}

/**
 * Frees the place of a file when something other than a file is there, which no rename can replace. @throws DiskError
 */
export async function setAsideUnlessFile(path: string): Promise<void> {
  const isInTheWay = await Deno.lstat(path).then(({ isFile }) => !isFile, () => false);
  if (isInTheWay) await setAside(path);
}
