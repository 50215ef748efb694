import { type ModelId, type RunId, runIdSchema } from "../../contract/identity.ts";
import { type DataRoots, locate, runDirectory } from "../../contract/paths.ts";
import { GRACE_S } from "../../contract/retirement.ts";
import { clearCache } from "../sources/message_cache.ts";
import { entryNames, removeTree } from "../disk/folders.ts";
import { BadDocumentError } from "../disk/read_json.ts";
import { removeDropped } from "./drop_frames.ts";
import { readLatest } from "./latest_pointer.ts";
import { lockModel } from "./model_lock.ts";
import { publishedRuns } from "./published_runs.ts";
import { readManifest } from "./read_manifest.ts";
import { requireRoots } from "./root_markers.ts";
import { beginRemoval, begunRemovals, endRemoval } from "./removal_notes.ts";
import { retire, retiredForMs, retiredRuns } from "./retired_runs.ts";

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

/** Result of a retention. */
export interface Retained {
  /** Runs that no list names any more. */
  readonly retired: RunId[];
  /** Runs whose files were removed. */
  readonly removed: RunId[];
  /** The removed runs whose grace was cut short, since the disk was too full. */
  readonly removedEarly: RunId[];
}

const GRACE_MS = GRACE_S * 1000;

/**
 * Retires all runs but the newest, and removes the files of runs that were retired long enough ago: a reader whose list
 * is older than the retirement still gets every frame that it names. These runs stay: the run that LATEST names, runs
 * that are being built, runs that were built by hand until their own time, and runs whose manifest cannot be read.
 * Published files, staged files and cached messages of a run go together.
 * @throws RootError when a root is missing: files that cannot be seen are not gone
 * @throws BadDocumentError when LATEST is damaged: it may name any run
 */
export async function retainRuns(roots: DataRoots, model: ModelId, retention: Retention): Promise<Retained> {
  const { keepRuns, building, minFreeBytes, now, freeBytes } = retention;
  using _lock = await lockModel(roots, model);
  const latest = (await readLatest(roots, model))?.run_id;
  const runs = await publishedRuns(roots, model);
  const isNeeded = (run: RunId) => run === latest || building.includes(run);
  const retained: Retained = { retired: [], removed: [], removedEarly: [] };
  const remove = async (run: RunId) => {
    await removeRun(roots, model, run);
    retained.removed.push(run);
  };
  // Everything is read before anything is removed: a folder that cannot be read ends the retention here.
  const retired = await retiredRuns(roots, model);
  const left = await leftovers(roots, model, [...runs, ...retired], now);
  const kept = new Set(runs.slice(0, keepRuns));
  for (const run of runs) if (!kept.has(run) && await hasOwnTime(roots, model, run, now)) kept.add(run);
  for (const run of runs) {
    if (kept.has(run) || isNeeded(run)) continue;
    await retireRun(roots, model, run, now);
    retained.retired.push(run);
    retired.push(run);
  }
  for (const run of left) if (!isNeeded(run)) await remove(run);
  const graced = new Set<RunId>();
  for (const run of retired) {
    if (isNeeded(run) || await retiredForMs(roots, model, run, now) < GRACE_MS) graced.add(run);
    else await remove(run);
  }
  // A full disk takes no new frames: losing an old run, or a retired one early, is the smaller loss.
  for (const run of [...[...graced].sort(), ...[...kept].sort()]) {
    if (await freeBytes() >= minFreeBytes) break;
    if (isNeeded(run)) continue;
    if (kept.has(run)) {
      await retireRun(roots, model, run, now);
      retained.retired.push(run);
    }
    await remove(run);
    retained.removedEarly.push(run);
  }
  for (const run of await publishedRuns(roots, model)) {
    const manifest = await readManifest(roots, model, run).catch(unlessDamaged);
    if (manifest) await removeDropped(roots, manifest, { now, isFull: await freeBytes() < minFreeBytes });
  }
  return retained;
}

/** Returns null for a manifest that `verify --repair` has to write again. */
function unlessDamaged(error: unknown): null {
  if (!(error instanceof BadDocumentError)) throw error;
  return null;
}

async function retireRun(roots: DataRoots, model: ModelId, run: RunId, now: Date): Promise<void> {
  await requireRoots(roots); // a root may have gone since the last change
  await retire(roots, model, run, now);
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

/**
 * Lists the runs with published files that no manifest names.
 * @param known runs that have a manifest, listed or retired
 */
export async function unlistedRuns(
  roots: DataRoots,
  model: ModelId,
  known: readonly RunId[],
): Promise<RunId[]> {
  const names = await entryNames(locate(roots, `published/${model}`));
  return names.map((name) => runIdSchema.safeParse(name)).filter((parsed) => parsed.success)
    .map((parsed) => parsed.data).filter((run) => !known.includes(run)).sort();
}
