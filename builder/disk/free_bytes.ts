import { statfs } from "node:fs/promises";

export const BYTES_PER_GB = 1e9;

/** Bytes that this user may still write to the disk of a folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
