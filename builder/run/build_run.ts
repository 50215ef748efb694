import pLimit, { type LimitFunction } from "p-limit";
import type { ForecastHour, FrameId, RunId } from "../../contract/identity.ts";
import { hasFrame } from "../../contract/manifest.ts";
import type { DataRoots } from "../../contract/paths.ts";
import type { BuildJob, BuildResult } from "../frame/build_worker.ts";
import { fetchInputs, type FrameInput } from "../frame/frame_input.ts";
import { type Model, type Source, type Variable, variableHours } from "../models/model.ts";
import { publishFrame } from "../publish/publish_frame.ts";
import { readManifest } from "../publish/read_manifest.ts";
import { clearCache, trimCache } from "../sources/message_cache.ts";
import type { RetryPolicy } from "../sources/http_store.ts";
import { AllSourcesFailedError } from "../sources/source_error.ts";
import { WorkerJobError, WorkerPool } from "../worker_pool.ts";
import { groupBySharedMessages } from "./shared_messages.ts";

export interface RunBuild {
  readonly model: Model;
  readonly run: RunId;
  readonly hours: readonly ForecastHour[];
  readonly variables: readonly Variable[];
  /** In the order to try them. */
  readonly sources: readonly Source[];
  readonly roots: DataRoots;
  readonly workers: number;
  /** Runs whose fetched messages are kept, this one included while it is not complete. */
  readonly keepRuns: number;
  readonly signal: AbortSignal;
  readonly retryPolicy?: RetryPolicy;
  /** Called once for each frame, as soon as its outcome is known. */
  onOutcome(outcome: FrameOutcome): void;
}

/** What became of a frame. `waiting`: no source has it yet. */
export interface FrameOutcome {
  readonly frame: FrameId;
  readonly status: "published" | "already published" | "waiting" | "failed";
  /** Why it is waiting or failed. */
  readonly reason?: string;
  /** It failed because sources did not answer. */
  readonly isOutage?: boolean;
  readonly timingsMs?: Readonly<Record<string, number>>;
}

/**
 * Hours on their way at a time, beyond one for each Worker: the next hour's download goes on while this one is built.
 * Hours begin in order, so that the earliest are shown first.
 */
const HOURS_AHEAD = 1;

/** Runs work on hours, as many at a time as there is use for. */
export function limitHours(workers: number): LimitFunction {
  return pLimit(workers + HOURS_AHEAD);
}

/**
 * Fetches, builds and publishes the frames of a run that are not published yet, hour by hour. A frame that fails keeps no
 * other back; a run that was stopped goes on where it was. When all is published, what was fetched is removed.
 */
export async function buildRun(build: RunBuild): Promise<FrameOutcome[]> {
  using pool = makeBuildPool(build.workers);
  const outcomes: FrameOutcome[] = [];
  const note = (outcome: FrameOutcome) => {
    outcomes.push(outcome);
    build.onOutcome(outcome);
  };
  const limit = limitHours(build.workers);
  await Promise.all(build.hours.map((fh) =>
    limit(() => {
      build.signal.throwIfAborted();
      return buildHour(fh, build.variables, build, pool, note);
    })
  ));
  await tidyCache(build, outcomes);
  return outcomes;
}

type Note = (outcome: FrameOutcome) => void;
export type BuildPool = WorkerPool<BuildJob, BuildResult>;

/** Workers that build frames. The main thread has opened GDAL before, so that drivers are registered once. */
export function makeBuildPool(workers: number): BuildPool {
  return new WorkerPool(new URL("../frame/build_worker.ts", import.meta.url), workers);
}

/** What an hour's building needs to know of its run. */
export type HourBuild = Pick<RunBuild, "model" | "run" | "sources" | "roots" | "signal" | "retryPolicy">;

/** Fetches, builds and publishes variables of one forecast hour, and notes what became of each. */
export async function buildHour(
  fh: ForecastHour,
  variables: readonly Variable[],
  build: HourBuild,
  pool: BuildPool,
  note: Note,
): Promise<void> {
  const { model, run, roots } = build;
  const frameOf = (variable: Variable): FrameId => ({ model: model.id, run, var: variable.id, fh });
  const published = await readManifest(roots, model.id, run);
  const missing: Variable[] = [];
  for (const variable of variables) {
    if (!variableHours(model, variable, run).includes(fh)) continue;
    if (published && hasFrame(published, frameOf(variable))) {
      note({ frame: frameOf(variable), status: "already published" });
    } else missing.push(variable);
  }
  const inputs = await fetchInputs(model, missing, { run, fh }, { ...build, dataRoot: roots.data });
  const ready: { variable: Variable; input: FrameInput }[] = [];
  for (const variable of missing) {
    const input = inputs.get(variable.id)!;
    if (input instanceof AllSourcesFailedError) {
      note({
        frame: frameOf(variable),
        status: input.isNotReady ? "waiting" : "failed",
        reason: input.message,
        ...(input.isOutage ? { isOutage: true } : {}),
      });
    } else ready.push({ variable, input });
  }
  const groups = groupBySharedMessages(ready.map(({ variable }) => variable), fh);
  await Promise.all(groups.map(async (group) => {
    const job = group.map(({ id }) => ({ id, input: ready.find(({ variable }) => variable.id === id)!.input }));
    try {
      for (const result of await pool.run({ model: model.id, run, fh, variables: job, roots }, fh)) {
        note(await publishResult(result, { model: model.id, run, var: result.id, fh }, build));
      }
    } catch (error) {
      // The Worker died: all that it was at failed with it.
      if (!(error instanceof WorkerJobError)) throw error;
      group.forEach((variable) => note({ frame: frameOf(variable), status: "failed", reason: error.message }));
    }
  }));
}

/** A disk that is full, or a manifest that is damaged, fails this frame and is told; the next one may be better off. */
async function publishResult(
  result: BuildResult[number],
  frame: FrameId,
  { model, roots, signal }: HourBuild,
): Promise<FrameOutcome> {
  if (!result.ok) return { frame, status: "failed", reason: `${result.errorName}: ${result.message}` };
  try {
    await publishFrame(roots, model, frame);
    return { frame, status: "published", timingsMs: result.timingsMs };
  } catch (error) {
    signal.throwIfAborted();
    return { frame, status: "failed", reason: error instanceof Error ? error.message : String(error) };
  }
}

async function tidyCache(
  { roots, model, run, keepRuns }: RunBuild,
  outcomes: readonly FrameOutcome[],
): Promise<void> {
  const isDone = outcomes.every(({ status }) => status === "published" || status === "already published");
  if (isDone) await clearCache(roots.data, model.id, run);
  await trimCache(roots.data, model.id, keepRuns);
}
