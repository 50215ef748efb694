import { type ModelId, type RunId, runIdSchema } from "../../contract/identity.ts";
import { type DataRoots, locate, manifestPath } from "../../contract/paths.ts";
import { removeIfThere } from "../disk/atomic_write.ts";
import { entryNames } from "../disk/folders.ts";

/**
 * Which runs are being removed. A removal begins by giving the manifest another name, so that files without a manifest are
 * taken for the rest of a removal only when one was begun: one step, which a full disk has room for, and after which note
 * and manifest do not stand side by side. Files that nobody decided to remove are left alone.
 */

function notePath(roots: DataRoots, model: ModelId, run: RunId): string {
  return locate(roots, `manifests/${model}/.${run}.removed`);
}

/** A run that has no manifest any more has none to rename. */
export async function beginRemoval(roots: DataRoots, model: ModelId, run: RunId): Promise<void> {
  try {
    await Deno.rename(locate(roots, manifestPath(model, run)), notePath(roots, model, run));
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

export async function endRemoval(roots: DataRoots, model: ModelId, run: RunId): Promise<void> {
  await removeIfThere(notePath(roots, model, run));
}

/** Runs whose removal was begun and did not end. */
export async function begunRemovals(roots: DataRoots, model: ModelId): Promise<RunId[]> {
  const names = await entryNames(locate(roots, `manifests/${model}`));
  return names.map((name) => runIdSchema.safeParse(/^\.(.*)\.removed$/.exec(name)?.[1]))
    .filter((parsed) => parsed.success).map((parsed) => parsed.data);
}
