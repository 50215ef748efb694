import { cycleTime, isoSeconds, type ModelId, type RunId } from "../../contract/identity.ts";
import { hasFrame, type Latest, latestSchema, type Manifest } from "../../contract/manifest.ts";
import { type DataRoots, latestPath, locate } from "../../contract/paths.ts";
import { type Model, variableLeads } from "../models/model.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { pointerSwitchLatency } from "../operations/metrics.ts";
import { lockModel } from "./model_lock.ts";
import { publishedRuns } from "./published_runs.ts";
import { readManifest } from "./read_manifest.ts";
import { retiredRuns, takeBack } from "./retired_runs.ts";
import { BadDocumentError, readJson } from "../disk/read_json.ts";
import { setAside, setAsideUnlessFile } from "../disk/set_aside.ts";
import type { Finding } from "./verify_run.ts";

/** Number of first hours of each primary variable that a run needs before it is promoted. */
export const PROMOTION_HOURS = 3;

/** Reads LATEST; null when there is none. @throws BadDocumentError when it is damaged or cannot be read */
export async function readLatest(roots: DataRoots, model: ModelId): Promise<Latest | null> {
  return await readJson(locate(roots, latestPath(model)), latestSchema);
}

/**
 * Reads LATEST, or the reason why it cannot be used. A damaged LATEST stops nothing: the next promotion writes it
 * again.
 */
export async function latestOrDamage(
  roots: DataRoots,
  model: ModelId,
): Promise<{ readonly latest: Latest | null; readonly damage: string | null }> {
  try {
    return { latest: await readLatest(roots, model), damage: null };
  } catch (error) {
    if (!(error instanceof BadDocumentError)) throw error;
    return { latest: null, damage: error.message };
  }
}

/** Writes LATEST. The caller holds the model's lock. @throws DiskError */
async function writeLatest(roots: DataRoots, model: ModelId, latest: Latest): Promise<void> {
  const path = locate(roots, latestPath(model));
  await setAsideUnlessFile(path);
  await writeJsonAtomically(path, latest);
}

/** Rules that decide whether a run that is due is promoted. */
export interface PromotionRules {
  /** False: LATEST stays as it is, even when a run is due. */
  readonly moveLatest: boolean;
  /** Returns the findings of a run; none when it may be shown. */
  validate(run: RunId): Promise<readonly Finding[]>;
  /** Time until which retention keeps the run: for runs that were built by hand or to catch up. */
  readonly keepUntil?: Date;
}

/**
 * Result of a run's promotion. `withheld`: the run may be shown, and the rules keep LATEST where it is. `refused`: the
 * run may not be shown, and the previous run stays the latest.
 */
export type Promotion =
  | { readonly state: "not due" | "promoted" | "withheld" }
  | { readonly state: "refused"; readonly findings: readonly Finding[] };

/**
 * Moves LATEST to a run when its primary variables have their first hours, LATEST names neither this run nor a newer
 * one, no rollback forbids the run, and its validation finds nothing wrong. The caller holds the model's lock.
 */
export async function promote(
  roots: DataRoots,
  model: Model,
  manifest: Manifest,
  { moveLatest, validate }: PromotionRules,
): Promise<Promotion> {
  const { latest } = await latestOrDamage(roots, model.id);
  if (!isDue(model, manifest, latest)) return { state: "not due" };
  const dueMs = performance.now();
  const findings = await validate(manifest.run);
  if (findings.length > 0) return { state: "refused", findings };
  if (!moveLatest) return { state: "withheld" };
  await writeLatest(roots, model.id, pointer(manifest.run, "scheduler_v3"));
  pointerSwitchLatency.observe({ model: model.id }, (performance.now() - dueMs) / 1000);
  return { state: "promoted" };
}

function isDue(model: Model, manifest: Manifest, latest: Latest | null): boolean {
  if (latest !== null && latest.run_id >= manifest.run) return false;
  if (latest?.rolled_back_run && latest.rolled_back_run >= manifest.run) return false;
  return model.variables.filter(({ primary }) => primary).every((variable) =>
    variableLeads(model, variable, manifest.run).slice(0, PROMOTION_HOURS).every((lead) =>
      hasFrame(manifest, { var: variable.id, lead })
    )
  );
}

/** The runs of a rollback: readers left `from` and see `to`. */
export interface Rollback {
  readonly from: RunId;
  readonly to: RunId;
}

/** Error when there is no run to go back to. The message names the runs that could be chosen. */
export class RollbackError extends Error {
  override readonly name = "RollbackError";
}

/**
 * Takes readers back to an older run in one atomic step: to the named run, or to the newest published run before the
 * latest one. A retired run counts as published and is listed again. The run that readers left and the runs before it are not promoted again; a newer run is.
 * @throws RollbackError when there is no such run
 */
export async function rollBack(roots: DataRoots, model: ModelId, to: RunId | null): Promise<Rollback> {
  using _lock = await lockModel(roots, model);
  const { latest, damage } = await latestOrDamage(roots, model);
  // A retired run can still be shown, as long as its files are there.
  const runs = [...await publishedRuns(roots, model), ...await retiredRuns(roots, model)].sort().reverse();
  // While LATEST is damaged, readers get the newest published run.
  const from = latest?.run_id ?? (damage === null ? undefined : runs[0]);
  if (from === undefined) throw new RollbackError(`Cannot roll back ${model}: it has no latest run`);
  const older = runs.filter((run) => run < from);
  const target = to ?? older[0];
  if (!target || !older.includes(target)) {
    const known = older.length > 0 ? `published before it: ${older.join(", ")}` : "none is published before it";
    throw new RollbackError(`Cannot roll back ${model} from ${from}${to ? ` to ${to}` : ""}: ${known}`);
  }
  await takeBack(roots, model, target);
  // A run without a readable manifest cannot be shown.
  if (await readManifest(roots, model, target) === null) {
    throw new RollbackError(`Cannot roll back ${model} to ${target}: it has no manifest`);
  }
  const forbidden = [from, latest?.rolled_back_run ?? from].sort().at(-1)!;
  await writeLatest(roots, model, { ...pointer(target, "rollback"), rolled_back_run: forbidden });
  return { from, to: target };
}

/**
 * Writes LATEST again where it is damaged: it names the newest run that has no findings.
 * @param isFit whether a run may be shown
 * @returns that run; null when there is none, and LATEST is set aside
 */
export async function repairLatest(
  roots: DataRoots,
  model: ModelId,
  isFit: (run: RunId) => Promise<boolean>,
): Promise<RunId | null> {
  using _lock = await lockModel(roots, model);
  for (const run of await publishedRuns(roots, model)) {
    if (!await isFit(run)) continue;
    await writeLatest(roots, model, pointer(run, "repair"));
    return run;
  }
  await setAside(locate(roots, latestPath(model)));
  return null;
}

function pointer(run: RunId, source: string): Latest {
  return {
    run_id: run,
    cycle_utc: isoSeconds(cycleTime(run)),
    updated_utc: isoSeconds(new Date()),
    source,
  };
}
