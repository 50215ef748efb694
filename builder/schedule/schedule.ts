import type { ForecastHour, FrameId, RunId } from "../../contract/identity.ts";
import { hasFrame, type Manifest } from "../../contract/manifest.ts";
import type { DataRoots } from "../../contract/paths.ts";
import { forecastHours, type Model, type Source, type Variable, variableHours } from "../models/model.ts";
import { findVariable } from "../models/registry.ts";
import { recordFailure } from "../publish/publish_frame.ts";
import { readManifest } from "../publish/read_manifest.ts";
import { retainRuns } from "../publish/retain_runs.ts";
import { buildHour, type BuildPool, type FrameOutcome, limitHours, makeBuildPool } from "../run/build_run.ts";
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
  readonly roots: DataRoots;
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
    unanswered += outcomes.filter(({ isOutage }) => isOutage).length;
    const missing = await missingHours(run, schedule, retries);
    if (missing.length === 0) {
      finished.add(run);
      await clearCache(schedule.roots.data, model.id, run);
      report({ kind: "run done", run });
    } else nextArrivals.push(usualArrival(model, run, missing[0]!));
  }
  return { nextArrivals, didAnySourceAnswer: asked === 0 || unanswered < asked };
}

/**
 * Builds a run's hours in order. Of each of the model's files it goes up to the first hour that no source has yet: files
 * of an hour come apart, and one that is late holds up no other.
 */
async function buildAvailableHours(
  run: RunId,
  schedule: Schedule,
  pool: BuildPool,
  retries: RetryBook,
): Promise<FrameOutcome[]> {
  const { model, roots, clock, signal, report } = schedule;
  const outcomes: FrameOutcome[] = [];
  const build = { ...schedule, run, sources: schedule.sourcesFor(run) };
  const published = await readManifest(roots, model.id, run);
  /** Products that are not asked for at later hours of this round: they are not there yet, or no source answers. */
  const atEnd = new Set<string>();
  const limit = limitHours(schedule.workers);
  await Promise.all(
    forecastHours(model, run).map((fh) =>
      limit(async () => {
        signal.throwIfAborted();
        const missing = missingVariables(model, run, fh, published);
        const now = clock.now().getTime();
        const variables = missing.filter(({ id, product }) =>
          !atEnd.has(product) && retries.mayTry({ model: model.id, run, var: id, fh }, now)
        );
        if (variables.length === 0) return;
        const ofHour: FrameOutcome[] = [];
        await buildHour(fh, variables, build, pool, (outcome) => {
          ofHour.push(outcome);
          report({ kind: "frame", outcome });
        });
        outcomes.push(...ofHour);
        // A file that something was made from is there, whatever it lacks.
        const there = new Set([
          ...variablesAt(model, run, fh).filter((variable) => !missing.includes(variable)).map(({ product }) =>
            product
          ),
          ...ofHour.filter(({ status, isOutage }) => status !== "waiting" && !isOutage).map((each) =>
            productOf(model, each)
          ),
        ]);
        for (const outcome of ofHour) {
          const { frame, status, isOutage, reason = "" } = outcome;
          const product = productOf(model, outcome);
          if (isOutage || (status === "waiting" && !there.has(product))) atEnd.add(product);
          else if (status === "waiting") retries.rest(frame, clock.now().getTime());
          else if (status === "failed" && retries.fail(frame, clock.now().getTime())) {
            const attempts = retries.attempts(frame);
            await recordFailure(roots, model, frame, { attempts, reason });
            report({ kind: "given up", frame, attempts, reason });
          }
        }
      })
    ),
  );
  return outcomes;
}

function productOf(model: Model, { frame }: FrameOutcome): string {
  return findVariable(model, frame.var).product;
}

function variablesAt(model: Model, run: RunId, fh: ForecastHour): Variable[] {
  return model.variables.filter((variable) => variableHours(model, variable, run).includes(fh));
}

function missingVariables(model: Model, run: RunId, fh: ForecastHour, published: Manifest | null): Variable[] {
  return variablesAt(model, run, fh).filter(({ id }) => published === null || !hasFrame(published, { var: id, fh }));
}

/** Hours with a frame that is neither published nor given up. */
async function missingHours(
  run: RunId,
  { model, roots }: Schedule,
  retries: RetryBook,
): Promise<ForecastHour[]> {
  const published = await readManifest(roots, model.id, run);
  return forecastHours(model, run).filter((fh) =>
    missingVariables(model, run, fh, published)
      .some(({ id }) => !retries.isGivenUp({ model: model.id, run, var: id, fh }))
  );
}

async function retain(building: readonly RunId[], schedule: Schedule): Promise<void> {
  const { roots, model, keepRuns, minFreeBytes, freeBytes } = schedule;
  const removed = await retainRuns(roots, model.id, { keepRuns, building, minFreeBytes, freeBytes });
  removed.forEach((run) => schedule.report({ kind: "removed", run }));
}
