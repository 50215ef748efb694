import { statfs } from "node:fs/promises";
import type { DataRoots } from "../../contract/paths.ts";
import { DiskError } from "./disk_error.ts";

export const BYTES_PER_GB = 1e9;

/** Returns the bytes that this user may still write to the disk of a folder. @throws DiskError when it is not there */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder).catch((cause) => {
    throw DiskError.asking(folder, cause);
  });
  return bavail * bsize;
}

/** Returns the free bytes of the fullest disk that is written to. @throws DiskError when one is not there */
export async function leastFreeBytes({ data, staging, published, manifests }: DataRoots): Promise<number> {
  return Math.min(...await Promise.all([data, staging, published, manifests].map(freeBytes)));
}
