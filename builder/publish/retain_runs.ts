import { type ModelId, type RunId, runIdSchema } from "../../contract/identity.ts";
import { type DataRoots, locate, manifestPath, runDirectory } from "../../contract/paths.ts";
import { clearCache } from "../sources/message_cache.ts";
import { removeIfThere } from "../disk/atomic_write.ts";
import { entryNames, removeFolder } from "../disk/folders.ts";
import { readLatest } from "./latest_pointer.ts";
import { lockModel } from "./model_lock.ts";
import { publishedRuns } from "./published_runs.ts";

export interface Retention {
  /** The newest runs that stay. */
  readonly keepRuns: number;
  /** Runs that are being built, which stay whatever their age. */
  readonly building: readonly RunId[];
  /** Below this, older runs go as well; the disk's free space is asked for after each. */
  readonly minFreeBytes: number;
  freeBytes(): Promise<number>;
}

/**
 * Removes runs that nobody needs: all but the newest, never the one that LATEST names nor one that is being built. The
 * manifest goes first, so that no reader is told of files that are gone; one who holds an open file finishes with it. Then
 * pictures, staging and fetched messages, also of runs that no manifest names.
 * @returns the runs that were removed
 */
export async function retainRuns(roots: DataRoots, model: ModelId, retention: Retention): Promise<RunId[]> {
  const { keepRuns, building, minFreeBytes, freeBytes } = retention;
  using _lock = await lockModel(roots, model);
  const latest = (await readLatest(roots, model))?.run_id;
  const runs = await publishedRuns(roots, model);
  const isNeeded = (run: RunId) => run === latest || building.includes(run);
  const removed: RunId[] = [];
  const remove = async (run: RunId) => {
    await removeRun(roots, model, run);
    removed.push(run);
  };
  const kept = new Set(runs.slice(0, keepRuns));
  for (const run of runs) if (!kept.has(run) && !isNeeded(run)) await remove(run);
  for (const run of await orphans(roots, model, runs)) if (!isNeeded(run)) await remove(run);
  // A disk that is full shows nothing new: an old run is the lesser loss.
  for (const run of [...kept].reverse()) {
    if (await freeBytes() >= minFreeBytes) break;
    if (!isNeeded(run)) await remove(run);
  }
  return removed;
}

async function removeRun(roots: DataRoots, model: ModelId, run: RunId): Promise<void> {
  await removeIfThere(locate(roots, manifestPath(model, run)));
  for (const stage of ["published", "staging"] as const) {
    await removeFolder(locate(roots, runDirectory(stage, model, run)));
  }
  await clearCache(roots.data, model, run);
}

/** Somebody may be building by hand what no manifest names yet. */
const ORPHAN_AGE_MS = 6 * 3_600_000;

/**
 * Runs with files that no manifest names and nobody has touched for hours: left behind by a build that never came to its
 * first frame, or by a removal that did not end.
 */
async function orphans(roots: DataRoots, model: ModelId, known: readonly RunId[]): Promise<RunId[]> {
  const found = new Set<RunId>();
  for (const stage of ["published", "staging", "cache"]) {
    const folder = locate(roots, `${stage}/${model}`);
    for (const name of await entryNames(folder)) {
      const run = runIdSchema.safeParse(name);
      if (!run.success || known.includes(run.data)) continue;
      const { mtime } = await Deno.stat(`${folder}/${name}`);
      if (Date.now() - (mtime?.getTime() ?? 0) > ORPHAN_AGE_MS) found.add(run.data);
    }
  }
  return [...found];
}
