import { DiskError } from "./disk_error.ts";

/**
 * Gives another name to what stands where one of our files or folders belongs and cannot be used: whoever comes looks at it
 * there, and the place is free. None is as good.
 * @returns the other name; null when there was nothing
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

/** Frees the place of a file, where something else stands in it that no rename can replace. @throws DiskError */
export async function setAsideUnlessFile(path: string): Promise<void> {
  const isInTheWay = await Deno.lstat(path).then(({ isFile }) => !isFile, () => false);
  if (isInTheWay) await setAside(path);
}
