import type { DataRoots } from "../../contract/paths.ts";
import { UsageError } from "./usage_error.ts";

/**
 * Checks that the data folder exists, for commands that only read: a folder that is misspelt, or whose disk is missing,
 * must not count as empty.
 * @throws UsageError
 */
export async function requireDataFolder(roots: DataRoots): Promise<void> {
  if (await hasDataFolder(roots)) return;
  throw new UsageError(
    `The data root "${roots.data}" is not a folder: name another with --data-root or TWF_V3_DATA_ROOT`,
  );
}

export async function hasDataFolder({ data }: DataRoots): Promise<boolean> {
  try {
    return (await Deno.stat(data)).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
