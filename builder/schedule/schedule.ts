import type { RunId } from "../../contract/identity.ts";
import { promoteRun, recordFailure } from "../publish/publish_frame.ts";
import { retainRuns } from "../publish/retain_runs.ts";
import { setUpRoots } from "../publish/set_up_roots.ts";
import type { Source } from "../models/model.ts";
import { findVariable } from "../models/registry.ts";
import { type BuildPool, makeBuildPool } from "../hour/build_pool.ts";
import type { FrameOutcome } from "../hour/frame_outcome.ts";
import { clearCache } from "../sources/message_cache.ts";
import { upstreamTime } from "../sources/upstream_clock.ts";
import { ArrivalHistory } from "./arrival_history.ts";
import { Attempts } from "./attempts.ts";
import {
  buildAvailableHours,
  type HasFreeDisk,
  type MissingFile,
  missingFiles,
  nextFiles,
  renewChanged,
} from "./available_hours.ts";
import { type Arrival, expectedArrival } from "./expected_arrival.ts";
import { FULL_ROUND_MS, nextPollMs } from "./poll_interval.ts";
import { reportPromotion } from "./report_promotion.ts";
import { RootWatch } from "./root_watch.ts";
import type { Schedule } from "./schedule_types.ts";
import { usualArrival, wantedRuns } from "./wanted_runs.ts";

/**
 * Builds hours as they appear upstream, without end: the newest run first, its earliest hours first, then the previous
 * runs that are not complete. Ends when the signal aborts, or after one round.
 * @throws the signal's reason, soon after it aborts, without waiting for frames in work; with `once` also the error
 * that made the round fail
 */
export async function runSchedule(schedule: Schedule): Promise<void> {
  const { signal } = schedule;
  using pool = makeBuildPool(schedule.workers);
  const attempts = await openAttempts(schedule);
  const endPool = () => pool.end(signal.reason);
  signal.addEventListener("abort", endPool, { once: true });
  try {
    await runRounds(schedule, pool, attempts);
  } finally {
    signal.removeEventListener("abort", endPool);
    await releaseAll(attempts, schedule);
  }
}

/**
 * Releases all frames in work. A failure to write that is reported: the next process will treat these frames as in work
 * at a crash.
 */
async function releaseAll(attempts: Attempts, { report }: Schedule): Promise<void> {
  try {
    await attempts.releaseAll();
  } catch (error) {
    report({ kind: "round broken", run: null, reason: error instanceof Error ? error.message : String(error) });
  }
}

async function runRounds(schedule: Schedule, pool: BuildPool, attempts: Attempts): Promise<void> {
  const memory: Memory = {
    attempts,
    arrivals: await openArrivals(schedule),
    finished: new Set(),
    withheld: new Set(),
    told: new Set(),
    removed: new Set(),
    rootWatch: new RootWatch(schedule.roots, schedule.report),
    renewedMs: -Infinity,
    fullRoundMs: -Infinity,
  };
  for (let failedRounds = 0;;) {
    // Runs that retention retired or removed, for age or for space, would be removed again.
    const wanted = wantedRuns(schedule.model, upstreamNow(schedule), schedule);
    for (const run of memory.removed) if (!wanted.includes(run)) memory.removed.delete(run);
    const runs = wanted.filter((run) => !memory.removed.has(run));
    const round = await tryRound(runs, schedule, pool, memory);
    for (const run of memory.finished) {
      if (runs.includes(run)) continue;
      memory.finished.delete(run);
      memory.withheld.delete(run);
      await isBrokenBy(schedule, run, () => memory.attempts.forget(run));
    }
    if (schedule.once) return;
    failedRounds = round.wentWell ? 0 : failedRounds + 1;
    const ms = nextPollMs({
      now: upstreamNow(schedule),
      nextArrivals: round.nextArrivals,
      failedRounds,
      canPollQuickly: runs.some((run) => schedule.sourcesFor(run).some(isUnlimited)),
      random: Math.random(),
    });
    const overdueMs = Math.max(0, upstreamNow(schedule).getTime() - (round.nextArrivals[0]?.at.getTime() ?? Infinity));
    schedule.report({ kind: "waiting", ms, runs, overdueMs });
    await schedule.clock.sleep(ms, schedule.signal);
  }
}

/** Returns the time by upstream's clock, since cycles and arrivals are upstream's times. */
function upstreamNow({ clock }: Schedule): Date {
  return upstreamTime(clock.now());
}

/**
 * Reads the tries of earlier processes. Frames that are given up because a process died over them are recorded and
 * reported.
 */
async function openAttempts({ roots, model, clock, report }: Schedule): Promise<Attempts> {
  const attempts = await Attempts.open(roots.data, model.id, clock.now().getTime());
  if (attempts.interrupted > 0) report({ kind: "interrupted", frames: attempts.interrupted });
  for (const { frame, attempts: tries, reason } of attempts.given) {
    await recordFailure(roots, model, frame, { attempts: tries, reason });
    report({ kind: "given up", frame, attempts: tries, reason });
  }
  return attempts;
}

/** Reads the arrivals that earlier processes noted. */
async function openArrivals({ roots, model, report }: Schedule): Promise<ArrivalHistory> {
  const { history, damage } = await ArrivalHistory.open(roots.data, model);
  if (damage !== null) report({ kind: "round broken", run: null, reason: damage });
  return history;
}

/** Interval at which upstream is checked for changed objects of failed frames. */
const RENEW_MS = 120_000;

/** State that is kept from one round to the next. */
interface Memory {
  readonly attempts: Attempts;
  readonly arrivals: ArrivalHistory;
  /** Runs that retention retired or removed. */
  readonly removed: Set<RunId>;
  /** Unreadable parts of indexes that were reported. */
  readonly told: Set<string>;
  readonly rootWatch: RootWatch;
  /** Time in ms at which upstream was last checked for changed objects. */
  renewedMs: number;
  /** Time in ms of the last full round. */
  fullRoundMs: number;
  /** Runs that were reported as done. */
  readonly finished: Set<RunId>;
  /** Runs that were reported as withheld. */
  readonly withheld: Set<RunId>;
}

interface Round {
  /** Expected arrivals of the next missing files of each run that has any, the earliest of a run first. */
  readonly nextArrivals: readonly Arrival[];
  /**
   * False when the round broke off, or when something was requested and every source failed other than by not having it
   * yet.
   */
  readonly wentWell: boolean;
}

/**
 * Runs a round, and the retention after it. A round soon after a full one is quick: it only looks for new files, at
 * hosts that set no limit of requests. Any failure is reported and does not end the scheduler.
 */
async function tryRound(
  runs: readonly RunId[],
  schedule: Schedule,
  pool: BuildPool,
  memory: Memory,
): Promise<Round> {
  const nextArrivals: Arrival[] = [];
  let asked = 0;
  let unanswered = 0;
  let isBroken = false;
  if (schedule.once) await setUpRoots(schedule.roots);
  else if (!await memory.rootWatch.areThere()) return { nextArrivals: [], wentWell: false };
  const hasFreeDisk = diskSpaceGuard(schedule);
  const nowMs = schedule.clock.now().getTime();
  const isRenewing = Math.abs(nowMs - memory.renewedMs) >= RENEW_MS;
  if (isRenewing) memory.renewedMs = nowMs;
  const isFull = Math.abs(nowMs - memory.fullRoundMs) >= FULL_ROUND_MS;
  if (isFull) memory.fullRoundMs = nowMs;
  for (const run of runs) {
    // A manifest that was damaged by hand stops its own run and no other.
    isBroken = await isBrokenBy(schedule, run, async () => {
      if (isRenewing) await renewChanged(run, schedule, memory.attempts);
      const outcomes = await buildWhatIsThere(
        run,
        schedule,
        pool,
        memory,
        hasFreeDisk,
        keepUntilOf(run, runs, schedule),
        isFull,
      );
      asked += outcomes.length;
      unanswered += outcomes.filter(({ isOutage }) => isOutage).length;
      noteArrivals(outcomes, schedule, memory);
      const missing = await missingFiles(run, schedule, memory.attempts);
      if (missing.length > 0) nextArrivals.push(...arrivalsOf(missing, run, schedule, memory));
      else await finish(run, schedule, memory);
    }) || isBroken;
  }
  isBroken = await isBrokenBy(schedule, null, () => memory.arrivals.save()) || isBroken;
  const building = runs.filter((run) => !memory.finished.has(run));
  if (isFull) isBroken = await isBrokenBy(schedule, null, () => retain(building, schedule, memory)) || isBroken;
  return { nextArrivals, wentWell: !isBroken && (asked === 0 || unanswered < asked) };
}

/** Notes when the files of published frames appeared upstream. */
function noteArrivals(outcomes: readonly FrameOutcome[], { model }: Schedule, { arrivals }: Memory): void {
  for (const { frame, status, modified } of outcomes) {
    if (status !== "published" || modified === undefined) continue;
    arrivals.note({ ...frame, product: findVariable(model, frame.var).product }, modified);
  }
}

/** Returns the expected arrivals of a run's next missing files, the earliest first. */
function arrivalsOf(
  missing: readonly MissingFile[],
  run: RunId,
  { model }: Schedule,
  { arrivals }: Memory,
): Arrival[] {
  return nextFiles(missing).map(({ product, lead, wasThere }) =>
    // A file that is there is read again for the frames that it lacks: no arrival is to be expected.
    wasThere
      ? { at: usualArrival(model, run, lead), spreadMs: null }
      : expectedArrival(model, { run, product, lead }, arrivals)
  ).sort((a, b) => a.at.getTime() - b.at.getTime());
}

function isUnlimited({ requestsPerMinute }: Source): boolean {
  return requestsPerMinute === undefined;
}

/** Returns the sources to ask: in a quick round those without a limit of requests, unless all have one. */
function sourcesOf(run: RunId, schedule: Schedule, isFull: boolean): readonly Source[] {
  const all = schedule.sourcesFor(run);
  const unlimited = all.filter(isUnlimited);
  return isFull || unlimited.length === 0 ? all : unlimited;
}

/**
 * Returns the time until which a run stays that is built to catch up and would be removed for its age; null for other
 * runs.
 */
function keepUntilOf(run: RunId, runs: readonly RunId[], { keepRuns, keepCaughtUpMs, clock }: Schedule): Date | null {
  if (keepCaughtUpMs === undefined || runs.indexOf(run) < keepRuns) return null;
  return new Date(clock.now().getTime() + keepCaughtUpMs);
}

/**
 * Runs a part of a round, and returns whether it failed. A failure is reported; when there is only one round, the
 * failure ends it.
 */
async function isBrokenBy(
  { signal, once, report }: Schedule,
  run: RunId | null,
  part: () => Promise<void>,
): Promise<boolean> {
  try {
    await part();
    return false;
  } catch (error) {
    signal.throwIfAborted();
    if (once) throw error;
    report({ kind: "round broken", run, reason: error instanceof Error ? error.message : String(error) });
    return true;
  }
}

/** Makes the check for free space before each hour; once there is too little, nothing more is built in this round. */
function diskSpaceGuard({ minFreeBytes, freeBytes, report }: Schedule): HasFreeDisk {
  let isFull = false;
  return async () => {
    if (isFull) return false;
    const free = await freeBytes();
    if (free < minFreeBytes && !isFull) {
      isFull = true; // reported once, even when several hours were about to begin
      report({ kind: "disk full", freeBytes: free });
    }
    return !isFull;
  };
}

/** Builds the available frames of a run that are not published yet, and promotes the run when it is due. */
async function buildWhatIsThere(
  run: RunId,
  schedule: Schedule,
  pool: BuildPool,
  { attempts, finished, withheld, told }: Memory,
  hasFreeDisk: HasFreeDisk,
  keepUntil: Date | null,
  isFull: boolean,
): Promise<FrameOutcome[]> {
  const { model, roots, report, signal } = schedule;
  let outcomes: FrameOutcome[] = [];
  if ((await missingFiles(run, schedule, attempts)).length > 0) {
    finished.delete(run); // a frame of the run may have been dropped in the meantime
    const sources = sourcesOf(run, schedule, isFull);
    outcomes = await buildAvailableHours({ run, schedule, pool, attempts, hasFreeDisk, sources, told, keepUntil });
    signal.throwIfAborted();
  }
  if (!isFull) return outcomes;
  const promotion = await promoteRun(roots, model, run, schedule.promotion);
  reportPromotion(promotion, run, report);
  if (promotion.state === "withheld" && !withheld.has(run)) {
    withheld.add(run);
    report({ kind: "withheld", run });
  }
  return outcomes;
}

async function finish(run: RunId, { roots, model, report }: Schedule, { finished }: Memory): Promise<void> {
  if (finished.has(run)) return;
  finished.add(run);
  await clearCache(roots.data, model.id, run);
  report({ kind: "run done", run });
}

async function retain(building: readonly RunId[], schedule: Schedule, memory: Memory): Promise<void> {
  const { roots, model, keepRuns, minFreeBytes, clock, freeBytes } = schedule;
  const now = clock.now();
  const { retired, removed, removedEarly } = await retainRuns(roots, model.id, {
    keepRuns,
    building,
    minFreeBytes,
    now,
    freeBytes,
  });
  for (const run of retired) {
    memory.removed.add(run);
    schedule.report({ kind: "retired", run });
  }
  for (const run of removed) {
    memory.removed.add(run);
    schedule.report({ kind: "removed", run, isEarly: removedEarly.includes(run) });
  }
}
