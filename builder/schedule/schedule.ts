import pLimit from "p-limit";
import type { ForecastHour, FrameId, RunId } from "../../contract/identity.ts";
import { forecastHours, type Model, type Source, type Variable, variableHours } from "../models/model.ts";
import { isPublished, recordFailure } from "../publish/publish_frame.ts";
import { retainRuns } from "../publish/retain_runs.ts";
import { buildHour, type BuildPool, type FrameOutcome, makeBuildPool } from "../run/build_run.ts";
import type { RetryPolicy } from "../sources/http_store.ts";
import { clearCache } from "../sources/message_cache.ts";
import { nextPollMs } from "./pace.ts";
import { RetryBook } from "./retry_book.ts";
import { usualArrival, wantedRuns } from "./wanted_runs.ts";

/** Time as the scheduler knows it; tests have one that runs faster. */
export interface Clock {
  now(): Date;
  /** @throws the signal's reason when it aborts */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** What happened, for logs and people. */
export type ScheduleEvent =
  | { readonly kind: "frame"; readonly outcome: FrameOutcome }
  | { readonly kind: "given up"; readonly frame: FrameId; readonly attempts: number; readonly reason: string }
  /** Nothing more is to be done for it: all is published, or given up. */
  | { readonly kind: "run done"; readonly run: RunId }
  | { readonly kind: "removed"; readonly run: RunId }
  | { readonly kind: "disk full"; readonly freeBytes: number }
  | { readonly kind: "waiting"; readonly ms: number; readonly runs: readonly RunId[] };

export interface Schedule {
  readonly model: Model;
  readonly dataRoot: string;
  readonly workers: number;
  readonly keepRuns: number;
  readonly minFreeBytes: number;
  /** Runs before the newest that are caught up on. */
  readonly backfill: number;
  /** One round over all that there is now, instead of for ever. */
  readonly once: boolean;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly retryPolicy?: RetryPolicy;
  sourcesFor(run: RunId): readonly Source[];
  freeBytes(): Promise<number>;
  report(event: ScheduleEvent): void;
}

/**
 * Builds hours as they appear upstream, for ever: the newest run first, its earliest hours first, then the runs before it
 * that are not complete. Ends when the signal aborts, or after one round.
 */
export async function runSchedule(schedule: Schedule): Promise<void> {
  using pool = makeBuildPool(schedule.workers);
  const retries = new RetryBook();
  const finished = new Set<RunId>();
  for (let failedRounds = 0;;) {
    const runs = wantedRuns(schedule.model, schedule.clock.now(), schedule);
    const round = await buildRound(runs.filter((run) => !finished.has(run)), schedule, pool, retries, finished);
    await retain(runs.filter((run) => !finished.has(run)), schedule);
    for (const run of finished) {
      if (runs.includes(run)) continue;
      finished.delete(run);
      retries.forget(run);
    }
    if (schedule.once) return;
    failedRounds = round.didAnySourceAnswer ? 0 : failedRounds + 1;
    const ms = nextPollMs({
      now: schedule.clock.now(),
      nextArrivals: round.nextArrivals,
      failedRounds,
      random: Math.random(),
    });
    schedule.report({ kind: "waiting", ms, runs });
    await schedule.clock.sleep(ms, schedule.signal);
  }
}

interface Round {
  /** When the next missing hour of each run that has one is usually there. */
  readonly nextArrivals: readonly Date[];
  /** False when something was asked for and every source failed otherwise than by not having it yet. */
  readonly didAnySourceAnswer: boolean;
}

async function buildRound(
  runs: readonly RunId[],
  schedule: Schedule,
  pool: BuildPool,
  retries: RetryBook,
  finished: Set<RunId>,
): Promise<Round> {
  const { model, minFreeBytes, freeBytes, report, signal } = schedule;
  const nextArrivals: Date[] = [];
  let asked = 0;
  let unanswered = 0;
  for (const run of runs) {
    const free = await freeBytes();
    if (free < minFreeBytes) {
      report({ kind: "disk full", freeBytes: free });
      break;
    }
    const outcomes = await buildAvailableHours(run, schedule, pool, retries);
    signal.throwIfAborted();
    asked += outcomes.length;
    unanswered += outcomes.filter(({ status, reason }) => status === "failed" && isSourceFailure(reason)).length;
    const missing = await missingHours(run, schedule, retries);
    if (missing.length === 0) {
      finished.add(run);
      await clearCache(schedule.dataRoot, model.id, run);
      report({ kind: "run done", run });
    } else nextArrivals.push(usualArrival(model, run, missing[0]!));
  }
  return { nextArrivals, didAnySourceAnswer: asked === 0 || unanswered < asked };
}

function isSourceFailure(reason: string | undefined): boolean {
  return reason?.startsWith("Cannot fetch") ?? false;
}

/** Hours in work beyond one for each Worker: the next download goes on while frames are built. */
const HOURS_AHEAD = 1;

/** Builds a run's hours in order, up to the first that no source has yet. */
async function buildAvailableHours(
  run: RunId,
  schedule: Schedule,
  pool: BuildPool,
  retries: RetryBook,
): Promise<FrameOutcome[]> {
  const { model, dataRoot, clock, signal, report } = schedule;
  const outcomes: FrameOutcome[] = [];
  const build = { ...schedule, run, sources: schedule.sourcesFor(run) };
  let isAtEnd = false;
  const limit = pLimit(schedule.workers + HOURS_AHEAD);
  await Promise.all(
    forecastHours(model, run).map((fh) =>
      limit(async () => {
        if (isAtEnd) return;
        signal.throwIfAborted();
        const now = clock.now().getTime();
        const missing = await missingVariables(run, fh, schedule);
        const isBegun = missing.length < model.variables.filter((each) =>
          variableHours(model, each, run).includes(fh)
        ).length;
        const variables = missing
          .filter(({ id }) => retries.mayTry({ model: model.id, run, var: id, fh }, now));
        if (variables.length === 0) return;
        const ofHour: FrameOutcome[] = [];
        await buildHour(fh, variables, build, pool, (outcome) => {
          ofHour.push(outcome);
          report({ kind: "frame", outcome });
        });
        // An hour that lacks one late file is no end: those after it may be there.
        if (!isBegun && ofHour.every(({ status }) => status === "waiting")) isAtEnd = true;
        for (const { frame, status, reason = "" } of ofHour) {
          if (status !== "failed" || !retries.fail(frame, clock.now().getTime())) continue;
          const attempts = retries.attempts(frame);
          await recordFailure(dataRoot, model, frame, { attempts, reason });
          report({ kind: "given up", frame, attempts, reason });
        }
        outcomes.push(...ofHour);
      })
    ),
  );
  return outcomes;
}

async function missingVariables(run: RunId, fh: ForecastHour, { model, dataRoot }: Schedule): Promise<Variable[]> {
  const missing: Variable[] = [];
  for (const variable of model.variables) {
    if (!variableHours(model, variable, run).includes(fh)) continue;
    if (!await isPublished(dataRoot, { model: model.id, run, var: variable.id, fh })) missing.push(variable);
  }
  return missing;
}

/** Hours with a frame that is neither published nor given up. */
async function missingHours(run: RunId, schedule: Schedule, retries: RetryBook): Promise<ForecastHour[]> {
  const { model } = schedule;
  const missing: ForecastHour[] = [];
  for (const fh of forecastHours(model, run)) {
    const variables = await missingVariables(run, fh, schedule);
    if (variables.some(({ id }) => !retries.isGivenUp({ model: model.id, run, var: id, fh }))) missing.push(fh);
  }
  return missing;
}

async function retain(building: readonly RunId[], schedule: Schedule): Promise<void> {
  const { dataRoot, model, keepRuns, minFreeBytes, freeBytes } = schedule;
  const removed = await retainRuns(dataRoot, model.id, { keepRuns, building, minFreeBytes, freeBytes });
  removed.forEach((run) => schedule.report({ kind: "removed", run }));
}
