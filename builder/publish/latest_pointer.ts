import { cycleTime, isoSeconds, type ModelId, type RunId } from "../../contract/identity.ts";
import { hasFrame, type Latest, latestSchema, type Manifest } from "../../contract/manifest.ts";
import { type DataRoots, latestPath, locate } from "../../contract/paths.ts";
import { type Model, variableHours } from "../models/model.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { pointerSwitchLatency } from "../operations/metrics.ts";
import { lockModel } from "./model_lock.ts";
import { publishedRuns } from "./published_runs.ts";
import { readManifest } from "./read_manifest.ts";
import { BadDocumentError, readJson } from "../disk/read_json.ts";
import { setAside, setAsideUnlessFile } from "../disk/set_aside.ts";
import type { Finding } from "./verify_run.ts";

/** How many of the first hours of each primary variable a run needs before readers see it first. */
export const PROMOTION_HOURS = 3;

/** @throws BadDocumentError when it is damaged or cannot be read */
export async function readLatest(roots: DataRoots, model: ModelId): Promise<Latest | null> {
  return await readJson(locate(roots, latestPath(model)), latestSchema);
}

/** The pointer, and what is wrong with it: one that is damaged stops nothing, and the next promotion writes it anew. */
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

/** The caller holds the model's lock. @throws DiskError */
async function writeLatest(roots: DataRoots, model: ModelId, latest: Latest): Promise<void> {
  const path = locate(roots, latestPath(model));
  await setAsideUnlessFile(path);
  await writeJsonAtomically(path, latest);
}

/** What decides whether a run that is due is shown. */
export interface PromotionRules {
  /** False: LATEST stays where it is, whatever is due. */
  readonly moveLatest: boolean;
  /** What is wrong with a run; nothing when it may be shown. */
  validate(run: RunId): Promise<readonly Finding[]>;
  /** Of a run that retention has to leave until then: it was built by hand, or to catch up. */
  readonly keepUntil?: Date;
}

/**
 * What became of a run's promotion. `withheld`: it may be shown, and the rules say that LATEST stays; `refused`: it may
 * not, and the run before it stays in place.
 */
export type Promotion =
  | { readonly state: "not due" | "promoted" | "withheld" }
  | { readonly state: "refused"; readonly findings: readonly Finding[] };

/**
 * Moves LATEST to a run when its primary variables have their first hours, neither a newer run holds it nor a rollback
 * forbids it, and its validation finds nothing wrong. The caller holds the model's lock.
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
    variableHours(model, variable, manifest.run).slice(0, PROMOTION_HOURS).every((fh) =>
      hasFrame(manifest, { var: variable.id, fh })
    )
  );
}

/** What readers were taken back from, and to. */
export interface Rollback {
  readonly from: RunId;
  readonly to: RunId;
}

/** There is no run to go back to. The message names those there are. */
export class RollbackError extends Error {
  override readonly name = "RollbackError";
}

/**
 * Takes readers back to an older run in one atomic step: to the one named, or the newest that is published before the
 * present one. Runs up to the one that was left do not take the pointer again; a newer one does.
 * @throws RollbackError when there is no such run
 */
export async function rollBack(roots: DataRoots, model: ModelId, to: RunId | null): Promise<Rollback> {
  using _lock = await lockModel(roots, model);
  const { latest, damage } = await latestOrDamage(roots, model);
  const runs = await publishedRuns(roots, model);
  // Where the pointer is damaged, readers see the newest run there is.
  const from = latest?.run_id ?? (damage === null ? undefined : runs[0]);
  if (from === undefined) throw new RollbackError(`Cannot roll back ${model}: it has no latest run`);
  const older = runs.filter((run) => run < from);
  const target = to ?? older[0];
  if (!target || !older.includes(target)) {
    const known = older.length > 0 ? `published before it: ${older.join(", ")}` : "none is published before it";
    throw new RollbackError(`Cannot roll back ${model} from ${from}${to ? ` to ${to}` : ""}: ${known}`);
  }
  // A manifest that cannot be read is nothing to show.
  if (await readManifest(roots, model, target) === null) {
    throw new RollbackError(`Cannot roll back ${model} to ${target}: its manifest is gone`);
  }
  const forbidden = [from, latest?.rolled_back_run ?? from].sort().at(-1)!;
  await writeLatest(roots, model, { ...pointer(target, "rollback"), rolled_back_run: forbidden });
  return { from, to: target };
}

/**
 * Points readers to the newest run that nothing is wrong with, where the pointer is damaged.
 * @param isFit whether a run may be shown
 * @returns that run; null when there is none, and the pointer is set aside
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
