import { type ModelId, type RunId, runIdSchema } from "../../contract/identity.ts";
import { type DataRoots, locate } from "../../contract/paths.ts";
import { removeIfThere, writeJsonAtomically } from "../disk/atomic_write.ts";
import { entryNames } from "../disk/folders.ts";

/**
 * Which runs are being removed: noted while their manifest is still there, so that files without a manifest may be taken
 * for the rest of a removal only when one was begun. Files that nobody decided to remove are left alone.
 */

function folderOf(model: ModelId): string {
  return `removals/${model}`;
}

export async function noteRemoval(roots: DataRoots, model: ModelId, run: RunId): Promise<void> {
  await writeJsonAtomically(locate(roots, `${folderOf(model)}/${run}.json`), { begun: new Date().toISOString() });
}

export async function endRemoval(roots: DataRoots, model: ModelId, run: RunId): Promise<void> {
  await removeIfThere(locate(roots, `${folderOf(model)}/${run}.json`));
}

/** Runs whose removal was begun and did not end. */
export async function begunRemovals(roots: DataRoots, model: ModelId): Promise<RunId[]> {
  const names = await entryNames(locate(roots, folderOf(model)));
  return names.map((name) => runIdSchema.safeParse(name.replace(/\.json$/, "")))
    .filter((parsed) => parsed.success).map((parsed) => parsed.data);
}
