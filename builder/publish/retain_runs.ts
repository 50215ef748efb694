import { type ModelId, type RunId, runIdSchema } from "../../contract/identity.ts";
import { type DataRoots, locate, runDirectory } from "../../contract/paths.ts";
import { clearCache } from "../sources/message_cache.ts";
import { entryNames, removeTree } from "../disk/folders.ts";
import { BadDocumentError } from "../disk/read_json.ts";
import { readLatest } from "./latest_pointer.ts";
import { lockModel } from "./model_lock.ts";
import { publishedRuns } from "./published_runs.ts";
import { readManifest } from "./read_manifest.ts";
import { requireRoots } from "./root_markers.ts";
import { beginRemoval, begunRemovals, endRemoval } from "./removal_notes.ts";

export interface Retention {
  /** Number of the newest runs that stay. */
  readonly keepRuns: number;
  /** Runs that are being built: they stay at any age. */
  readonly building: readonly RunId[];
  /** While less is free, older runs are removed as well; free space is measured again after each removal. */
  readonly minFreeBytes: number;
  readonly now: Date;
  freeBytes(): Promise<number>;
}

/**
 * Removes all runs but the newest. These stay: the run that LATEST names, runs that are being built, runs that were
 * built by hand until their own time, and runs whose manifest cannot be read. The manifest goes first, so that no
 * reader learns of files that are gone; a reader that holds an open file can finish with it. Published files, staged
 * files and cached messages follow.
 * @returns the runs that were removed
 * @throws RootError when a root is missing: files that cannot be seen are not gone
 * @throws BadDocumentError when LATEST is damaged: it may name any run
 */
export async function retainRuns(roots: DataRoots, model: ModelId, retention: Retention): Promise<RunId[]> {
  const { keepRuns, building, minFreeBytes, now, freeBytes } = retention;
  using _lock = await lockModel(roots, model);
  const latest = (await readLatest(roots, model))?.run_id;
  const runs = await publishedRuns(roots, model);
  const isNeeded = (run: RunId) => run === latest || building.includes(run);
  const removed: RunId[] = [];
  const remove = async (run: RunId) => {
    await removeRun(roots, model, run);
    removed.push(run);
  };
  // Everything is read before anything is removed: a folder that cannot be read ends the retention here.
  const left = await leftovers(roots, model, runs, now);
  const kept = new Set(runs.slice(0, keepRuns));
  for (const run of runs) if (!kept.has(run) && await hasOwnTime(roots, model, run, now)) kept.add(run);
  for (const run of runs) if (!kept.has(run) && !isNeeded(run)) await remove(run);
  for (const run of left) if (!isNeeded(run)) await remove(run);
  // A full disk takes no new frames: losing an old run is the smaller loss.
  for (const run of [...kept].sort()) {
    if (await freeBytes() >= minFreeBytes) break;
    if (!isNeeded(run)) await remove(run);
  }
  return removed;
}

/**
 * Whether a run's manifest keeps it for a time of its own. A damaged manifest may have done so: its run stays for
 * `verify --repair` until the disk is full.
 */
async function hasOwnTime(roots: DataRoots, model: ModelId, run: RunId, now: Date): Promise<boolean> {
  try {
    const keepUntil = (await readManifest(roots, model, run))?.keep_until;
    return keepUntil !== undefined && Date.parse(keepUntil) > now.getTime();
  } catch (error) {
    if (!(error instanceof BadDocumentError)) throw error;
    return true;
  }
}

async function removeRun(roots: DataRoots, model: ModelId, run: RunId): Promise<void> {
  await requireRoots(roots); // a root may have gone since the last removal
  await beginRemoval(roots, model, run);
  for (const stage of ["published", "staging"] as const) {
    await removeTree(locate(roots, runDirectory(stage, model, run)));
  }
  await clearCache(roots.data, model, run);
  await endRemoval(roots, model, run);
}

/** Age after which files without a manifest may be removed: a build by hand may be using them before. */
const ORPHAN_AGE_MS = 6 * 3_600_000;

/**
 * Lists the runs of removals that did not end, and the runs that have only cached or staged files, untouched for hours.
 * Published files without a manifest and without a removal note are left alone: perhaps only their manifest was lost.
 */
async function leftovers(roots: DataRoots, model: ModelId, known: readonly RunId[], now: Date): Promise<RunId[]> {
  const found = new Set<RunId>();
  for (const run of await begunRemovals(roots, model)) {
    // A run that was built again in the meantime is listed again, and its removal is over.
    if (known.includes(run)) await endRemoval(roots, model, run);
    else found.add(run);
  }
  const unlisted = await unlistedRuns(roots, model, known);
  for (const stage of ["staging", "cache"]) {
    const folder = locate(roots, `${stage}/${model}`);
    for (const name of await entryNames(folder)) {
      const run = runIdSchema.safeParse(name);
      if (!run.success || known.includes(run.data) || unlisted.includes(run.data)) continue;
      const { mtime } = await Deno.stat(`${folder}/${name}`);
      if (now.getTime() - (mtime?.getTime() ?? 0) > ORPHAN_AGE_MS) found.add(run.data);
    }
  }
  return [...found];
}

/** Lists the runs with published files that no manifest names. */
export async function unlistedRuns(
  roots: DataRoots,
  model: ModelId,
  known: readonly RunId[],
): Promise<RunId[]> {
  const names = await entryNames(locate(roots, `published/${model}`));
  return names.map((name) => runIdSchema.safeParse(name)).filter((parsed) => parsed.success)
    .map((parsed) => parsed.data).filter((run) => !known.includes(run)).sort();
}
