import pLimit from "p-limit";
import type { ForecastHour, FrameId, RunId } from "../../contract/identity.ts";
import type { BuildJob, BuildResult } from "../frame/build_worker.ts";
import { fetchInputs, type FrameInput } from "../frame/frame_input.ts";
import { type Model, type Source, type Variable, variableHours } from "../models/model.ts";
import { isPublished, publishFrame } from "../publish/publish_frame.ts";
import { clearCache, trimCache } from "../sources/message_cache.ts";
import type { RetryPolicy } from "../sources/http_store.ts";
import { AllSourcesFailedError } from "../sources/source_error.ts";
import { WorkerPool } from "../worker_pool.ts";
import { groupBySharedMessages } from "./shared_messages.ts";

export interface RunBuild {
  readonly model: Model;
  readonly run: RunId;
  readonly hours: readonly ForecastHour[];
  readonly variables: readonly Variable[];
  /** In the order to try them. */
  readonly sources: readonly Source[];
  readonly dataRoot: string;
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
  readonly timingsMs?: Readonly<Record<string, number>>;
}

/**
 * Hours on their way at a time, beyond one for each Worker: the next hour's download goes on while this one is built.
 * Hours begin in order, so that the earliest are shown first.
 */
const HOURS_AHEAD = 1;

/**
 * Fetches, builds and publishes the frames of a run that are not published yet, hour by hour. A frame that fails keeps no
 * other back; a run that was stopped goes on where it was. When all is published, what was fetched is removed.
 */
export async function buildRun(build: RunBuild): Promise<FrameOutcome[]> {
  using pool = new WorkerPool<BuildJob, BuildResult>(
    new URL("../frame/build_worker.ts", import.meta.url),
    build.workers,
  );
  const outcomes: FrameOutcome[] = [];
  const note = (outcome: FrameOutcome) => {
    outcomes.push(outcome);
    build.onOutcome(outcome);
  };
  const limit = pLimit(build.workers + HOURS_AHEAD);
  await Promise.all(build.hours.map((fh) =>
    limit(() => {
      build.signal.throwIfAborted();
      return buildHour(fh, build, pool, note);
    })
  ));
  await tidyCache(build, outcomes);
  return outcomes;
}

type Note = (outcome: FrameOutcome) => void;

async function buildHour(
  fh: ForecastHour,
  build: RunBuild,
  pool: WorkerPool<BuildJob, BuildResult>,
  note: Note,
): Promise<void> {
  const { model, run, dataRoot } = build;
  const frameOf = (variable: Variable): FrameId => ({ model: model.id, run, var: variable.id, fh });
  const missing: Variable[] = [];
  for (const variable of build.variables) {
    if (!variableHours(model, variable, run).includes(fh)) continue;
    if (await isPublished(dataRoot, frameOf(variable))) note({ frame: frameOf(variable), status: "already published" });
    else missing.push(variable);
  }
  const inputs = await fetchInputs(model, missing, { run, fh }, build);
  const ready: { variable: Variable; input: FrameInput }[] = [];
  for (const variable of missing) {
    const input = inputs.get(variable.id)!;
    if (input instanceof AllSourcesFailedError) {
      note({
        frame: frameOf(variable),
        status: input.isNotReady ? "waiting" : "failed",
        reason: input.message,
      });
    } else ready.push({ variable, input });
  }
  const groups = groupBySharedMessages(ready.map(({ variable }) => variable), fh);
  await Promise.all(groups.map(async (group) => {
    const variables = group.map(({ id }) => ({ id, input: ready.find(({ variable }) => variable.id === id)!.input }));
    const results = await pool.run({ model: model.id, run, fh, variables, dataRoot });
    for (const result of results) {
      const frame: FrameId = { model: model.id, run, var: result.id, fh };
      if (result.ok) {
        await publishFrame(dataRoot, model, frame);
        note({ frame, status: "published", timingsMs: result.timingsMs });
      } else note({ frame, status: "failed", reason: `${result.errorName}: ${result.message}` });
    }
  }));
}

async function tidyCache(
  { dataRoot, model, run, keepRuns }: RunBuild,
  outcomes: readonly FrameOutcome[],
): Promise<void> {
  const isDone = outcomes.every(({ status }) => status === "published" || status === "already published");
  if (isDone) await clearCache(dataRoot, model.id, run);
  await trimCache(dataRoot, model.id, keepRuns);
}
