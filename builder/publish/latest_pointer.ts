import { cycleTime, isoSeconds, type ModelId, type RunId } from "../../contract/identity.ts";
import { hasFrame, type Latest, latestSchema, type Manifest } from "../../contract/manifest.ts";
import { type DataRoots, latestPath, locate } from "../../contract/paths.ts";
import { type Model, variableHours } from "../models/model.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { pointerSwitchLatency } from "../metrics/metrics.ts";
import { lockModel } from "./model_lock.ts";
import { publishedRuns } from "./published_runs.ts";
import { readManifest } from "./read_manifest.ts";
import { readJson } from "../disk/read_json.ts";
import type { Finding } from "./verify_run.ts";

/** How many of the first hours of each primary variable a run needs before readers see it first. */
const PROMOTION_HOURS = 3;

export async function readLatest(roots: DataRoots, model: ModelId): Promise<Latest | null> {
  return await readJson(locate(roots, latestPath(model)), latestSchema);
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
  if (!isDue(model, manifest, await readLatest(roots, model.id))) return { state: "not due" };
  const dueMs = performance.now();
  const findings = await validate(manifest.run);
  if (findings.length > 0) return { state: "refused", findings };
  if (!moveLatest) return { state: "withheld" };
  await writeJsonAtomically(locate(roots, latestPath(model.id)), pointer(manifest.run, "scheduler_v3"));
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
  const latest = await readLatest(roots, model);
  if (latest === null) throw new RollbackError(`Cannot roll back ${model}: it has no latest run`);
  const older = (await publishedRuns(roots, model)).filter((run) => run < latest.run_id);
  const target = to ?? older[0];
  if (!target || !older.includes(target)) {
    const known = older.length > 0 ? `published before it: ${older.join(", ")}` : "none is published before it";
    throw new RollbackError(`Cannot roll back ${model} from ${latest.run_id}${to ? ` to ${to}` : ""}: ${known}`);
  }
  // A manifest that cannot be read is nothing to show.
  if (await readManifest(roots, model, target) === null) {
    throw new RollbackError(`Cannot roll back ${model} to ${target}: its manifest is gone`);
  }
  const forbidden = [latest.run_id, latest.rolled_back_run ?? latest.run_id].sort().at(-1)!;
  await writeJsonAtomically(locate(roots, latestPath(model)), {
    ...pointer(target, "rollback"),
    rolled_back_run: forbidden,
  });
  return { from: latest.run_id, to: target };
}

function pointer(run: RunId, source: string): Latest {
  return {
    run_id: run,
    cycle_utc: isoSeconds(cycleTime(run)),
    updated_utc: isoSeconds(new Date()),
    source,
  };
}
