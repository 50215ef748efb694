import { type ModelId, type RunId, runIdSchema } from "../../contract/identity.ts";
import { type DataRoots, locate, manifestDirectory, retiredManifestPath } from "../../contract/paths.ts";
import { removeIfThere } from "../disk/atomic_write.ts";
import { entryNames } from "../disk/folders.ts";
import { flushFolder } from "../disk/make_folders.ts";

/**
 * Notes of the runs whose files are being removed. A removal begins by renaming the manifest of the retired run, so
 * files without a manifest count as the rest of a removal only when one was begun. The rename is a single step: it
 * needs no space on a full disk, and never leaves both note and manifest. Files without a note were not chosen for
 * removal and are left alone.
 */

function notePath(roots: DataRoots, model: ModelId, run: RunId): string {
  return locate(roots, `manifests/${model}/.${run}.removed`);
}

/**
 * Renames a retired run's manifest to its note, and flushes the folder: after a power cut a run must not be served whose
 * files are gone. A run without a manifest has none to rename.
 */
export async function beginRemoval(roots: DataRoots, model: ModelId, run: RunId): Promise<void> {
  try {
    await Deno.rename(locate(roots, retiredManifestPath(model, run)), notePath(roots, model, run));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  await flushFolder(locate(roots, manifestDirectory(model)));
}

export async function endRemoval(roots: DataRoots, model: ModelId, run: RunId): Promise<void> {
  await removeIfThere(notePath(roots, model, run));
}

/** Lists the runs whose removal was begun and did not end. */
export async function begunRemovals(roots: DataRoots, model: ModelId): Promise<RunId[]> {
  const names = await entryNames(locate(roots, `manifests/${model}`));
  return names.map((name) => runIdSchema.safeParse(/^\.(.*)\.removed$/.exec(name)?.[1]))
    .filter((parsed) => parsed.success).map((parsed) => parsed.data);
}
