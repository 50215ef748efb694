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
  /** The newest runs that stay. */
  readonly keepRuns: number;
  /** Runs that are being built, which stay whatever their age. */
  readonly building: readonly RunId[];
  /** Below this, older runs go as well; the disk's free space is asked for after each. */
  readonly minFreeBytes: number;
  readonly now: Date;
  freeBytes(): Promise<number>;
}

/**
 * Removes runs that nobody needs: all but the newest, never the one that LATEST names nor one that is being built, nor
 * before its own time one that was built by hand, nor one whose manifest cannot be read. The manifest goes first, so that
 * no reader is told of files that are gone; one who holds an open file finishes with it. Then pictures, staging and fetched
 * messages.
 * @returns the runs that were removed
 * @throws RootError when a root is missing: what cannot be seen is not gone
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
  // All that is looked at is looked at before anything goes: a folder that cannot be read ends it here.
  const left = await leftovers(roots, model, runs, now);
  const kept = new Set(runs.slice(0, keepRuns));
  for (const run of runs) if (!kept.has(run) && await hasOwnTime(roots, model, run, now)) kept.add(run);
  for (const run of runs) if (!kept.has(run) && !isNeeded(run)) await remove(run);
  for (const run of left) if (!isNeeded(run)) await remove(run);
  // A disk that is full shows nothing new: an old run is the lesser loss.
  for (const run of [...kept].sort()) {
    if (await freeBytes() >= minFreeBytes) break;
    if (!isNeeded(run)) await remove(run);
  }
  return removed;
}

/** A manifest that is damaged may have said so: it stays, for `verify --repair`, until the disk is full. */
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
  await requireRoots(roots); // one may have gone since the last removal
  await beginRemoval(roots, model, run);
  for (const stage of ["published", "staging"] as const) {
    await removeTree(locate(roots, runDirectory(stage, model, run)));
  }
  await clearCache(roots.data, model, run);
  await endRemoval(roots, model, run);
}

/** Somebody may be building by hand what no manifest names yet. */
const ORPHAN_AGE_MS = 6 * 3_600_000;

/**
 * What a removal left that did not end; and what builds fetched and staged of runs of which nothing is published, once
 * nobody has touched it for hours. Pictures that no manifest names, and that nobody decided to remove, are left alone:
 * their manifest may be what is lost.
 */
async function leftovers(roots: DataRoots, model: ModelId, known: readonly RunId[], now: Date): Promise<RunId[]> {
  const found = new Set<RunId>();
  for (const run of await begunRemovals(roots, model)) {
    // A run that was built anew since is there again, and its removal is over.
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

/** Runs with pictures that no manifest names. */
export async function unlistedRuns(
  roots: DataRoots,
  model: ModelId,
  known: readonly RunId[],
): Promise<RunId[]> {
  const names = await entryNames(locate(roots, `published/${model}`));
  return names.map((name) => runIdSchema.safeParse(name)).filter((parsed) => parsed.success)
    .map((parsed) => parsed.data).filter((run) => !known.includes(run)).sort();
}
