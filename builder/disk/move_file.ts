import { writeFileAtomically } from "./atomic_write.ts";
import { DiskError } from "./disk_error.ts";

/**
 * Moves a file so that a reader sees it whole or not at all: by a rename or, between disks, by an atomic copy and then
 * the removal of the original. After a rename, the caller flushes the target's folder.
 */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await Deno.rename(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EXDEV")) throw DiskError.writing(to, error);
    await writeFileAtomically(to, await Deno.readFile(from));
    await Deno.remove(from);
  }
}
