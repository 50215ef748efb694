import type { RunId } from "../../contract/identity.ts";
import { promoteRun, recordFailure } from "../publish/publish_frame.ts";
import { retainRuns } from "../publish/retain_runs.ts";
import { setUpRoots } from "../publish/set_up_roots.ts";
import { type BuildPool, makeBuildPool } from "../hour/build_pool.ts";
import type { FrameOutcome } from "../hour/frame_outcome.ts";
import { clearCache } from "../sources/message_cache.ts";
import { upstreamTime } from "../sources/upstream_clock.ts";
import { Attempts } from "./attempts.ts";
import { buildAvailableHours, type HasFreeDisk, missingHours, renewChanged } from "./available_hours.ts";
import { nextPollMs } from "./poll_interval.ts";
import { reportPromotion } from "./report_promotion.ts";
import { RootWatch } from "./root_watch.ts";
import type { Schedule } from "./schedule_types.ts";
import { usualArrival, wantedRuns } from "./wanted_runs.ts";

/**
 * Builds hours as they appear upstream, for ever: the newest run first, its earliest hours first, then the runs before it
 * that are not complete. Ends when the signal aborts, or after one round.
 * @throws the signal's reason, soon after it aborts: what is in work is left; with `once` also what made the round fail
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

/** What cannot be noted at the end is told: the next process takes it for its death. */
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
    finished: new Set(),
    withheld: new Set(),
    told: new Set(),
    removed: new Set(),
    rootWatch: new RootWatch(schedule.roots, schedule.report),
    renewedMs: -Infinity,
  };
  for (let failedRounds = 0;;) {
    // What retention took, for its age or for room, would be taken again.
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
      random: Math.random(),
    });
    const overdueMs = Math.max(0, upstreamNow(schedule).getTime() - (round.nextArrivals[0]?.getTime() ?? Infinity));
    schedule.report({ kind: "waiting", ms, runs, overdueMs });
    await schedule.clock.sleep(ms, schedule.signal);
  }
}

/** Cycles and arrivals are upstream's times, and told by its clock. */
function upstreamNow({ clock }: Schedule): Date {
  return upstreamTime(clock.now());
}

/** What earlier processes tried; what one died over for the last time is recorded and told. */
async function openAttempts({ roots, model, clock, report }: Schedule): Promise<Attempts> {
  const attempts = await Attempts.open(roots.data, model.id, clock.now().getTime());
  if (attempts.interrupted > 0) report({ kind: "interrupted", frames: attempts.interrupted });
  for (const { frame, attempts: tries, reason } of attempts.given) {
    await recordFailure(roots, model, frame, { attempts: tries, reason });
    report({ kind: "given up", frame, attempts: tries, reason });
  }
  return attempts;
}

/** Upstream is asked this often whether it has other bytes of what failed. */
const RENEW_MS = 120_000;

/** What is known from one round to the next. */
interface Memory {
  readonly attempts: Attempts;
  /** Runs that retention took. */
  readonly removed: Set<RunId>;
  /** Reasons of strange indexes that were told. */
  readonly told: Set<string>;
  readonly rootWatch: RootWatch;
  /** When upstream was last asked whether what failed has changed, ms. */
  renewedMs: number;
  /** Runs of which nothing more is to be built, as far as was said. */
  readonly finished: Set<RunId>;
  /** Runs of which was said that they could be shown. */
  readonly withheld: Set<RunId>;
}

interface Round {
  /** When the next missing hour of each run that has one is usually there. */
  readonly nextArrivals: readonly Date[];
  /** False when it broke off, or something was asked for and every source failed otherwise than by not having it yet. */
  readonly wentWell: boolean;
}

/** A round, and what is to be removed after it. Whatever fails is told, and is no reason to end. */
async function tryRound(
  runs: readonly RunId[],
  schedule: Schedule,
  pool: BuildPool,
  memory: Memory,
): Promise<Round> {
  const nextArrivals: Date[] = [];
  let asked = 0;
  let unanswered = 0;
  let isBroken = false;
  if (schedule.once) await setUpRoots(schedule.roots);
  else if (!await memory.rootWatch.areThere()) return { nextArrivals: [], wentWell: false };
  const hasFreeDisk = diskSpaceGuard(schedule);
  const nowMs = schedule.clock.now().getTime();
  const isRenewing = Math.abs(nowMs - memory.renewedMs) >= RENEW_MS;
  if (isRenewing) memory.renewedMs = nowMs;
  for (const run of runs) {
    // A manifest that was damaged by hand keeps its own run back, and no other.
    isBroken = await isBrokenBy(schedule, run, async () => {
      if (isRenewing) await renewChanged(run, schedule, memory.attempts);
      const outcomes = await buildWhatIsThere(
        run,
        schedule,
        pool,
        memory,
        hasFreeDisk,
        keepUntilOf(run, runs, schedule),
      );
      asked += outcomes.length;
      unanswered += outcomes.filter(({ isOutage }) => isOutage).length;
      const missing = await missingHours(run, schedule, memory.attempts);
      if (missing.length > 0) nextArrivals.push(usualArrival(schedule.model, run, missing[0]!));
      else await finish(run, schedule, memory);
    }) || isBroken;
  }
  const building = runs.filter((run) => !memory.finished.has(run));
  isBroken = await isBrokenBy(schedule, null, () => retain(building, schedule, memory)) || isBroken;
  return { nextArrivals, wentWell: !isBroken && (asked === 0 || unanswered < asked) };
}

/** A run that is caught up on, and would be removed for its age, stays for its own time. */
function keepUntilOf(run: RunId, runs: readonly RunId[], { keepRuns, keepCaughtUpMs, clock }: Schedule): Date | null {
  if (keepCaughtUpMs === undefined || runs.indexOf(run) < keepRuns) return null;
  return new Date(clock.now().getTime() + keepCaughtUpMs);
}

/** Does a part of a round. One that throws is told; when there is but one round, that ends it. */
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

/** Asks before each hour whether the disk has room; once it has none, nothing more is built in this round. */
function diskSpaceGuard({ minFreeBytes, freeBytes, report }: Schedule): HasFreeDisk {
  let isFull = false;
  return async () => {
    if (isFull) return false;
    const free = await freeBytes();
    if (free < minFreeBytes && !isFull) {
      isFull = true; // said once, however many hours were about to begin
      report({ kind: "disk full", freeBytes: free });
    }
    return !isFull;
  };
}

/** Builds what there is of a run that is not published yet, and shows the run when it is due for it. */
async function buildWhatIsThere(
  run: RunId,
  schedule: Schedule,
  pool: BuildPool,
  { attempts, finished, withheld, told }: Memory,
  hasFreeDisk: HasFreeDisk,
  keepUntil: Date | null,
): Promise<FrameOutcome[]> {
  const { model, roots, report, signal } = schedule;
  let outcomes: FrameOutcome[] = [];
  if ((await missingHours(run, schedule, attempts)).length > 0) {
    finished.delete(run); // a frame of it may have been dropped since
    outcomes = await buildAvailableHours({ run, schedule, pool, attempts, hasFreeDisk, told, keepUntil });
    signal.throwIfAborted();
  }
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
  const removed = await retainRuns(roots, model.id, { keepRuns, building, minFreeBytes, now, freeBytes });
  for (const run of removed) {
    memory.removed.add(run);
    schedule.report({ kind: "removed", run });
  }
}
