import type { Arrival } from "./expected_arrival.ts";

const SECOND_MS = 1000;
/** Interval around a learned arrival: little beside the time that a frame takes to build. */
const QUICK_POLL_MS = SECOND_MS;
/** Interval while an hour is due: short enough for readers, and no load for a bucket. */
const DUE_POLL_MS = 5 * SECOND_MS;
/** Interval before anything is due: a feed that is early is still found within minutes. */
const IDLE_POLL_MS = 120 * SECOND_MS;
/** Delay after which a late hour is no longer requested every few seconds. */
const PATIENCE_MS = 30 * 60 * SECOND_MS;
const LATE_POLL_MS = 30 * SECOND_MS;
/** Longest interval while no source answers. */
const MAX_FAILURE_POLL_MS = 300 * SECOND_MS;

/** Part of an interval that chance adds or takes away. */
const JITTER = 0.2;
/** Time by which quick polls begin before the earliest usual arrival, and end after the latest one. */
const QUICK_BEFORE_MS = 10 * SECOND_MS;
const QUICK_AFTER_MS = 30 * SECOND_MS;

/**
 * Time after a full round before which rounds are quick: the shortest interval while an hour is due without having been
 * learned.
 */
export const FULL_ROUND_MS = DUE_POLL_MS * (1 - JITTER);

/** State of the scheduler at the end of a round. */
export interface PaceInput {
  readonly now: Date;
  /** Expected arrivals of the next missing files of each run; empty when nothing is missing. */
  readonly nextArrivals: readonly Arrival[];
  /** Rounds in a row in which no source answered. */
  readonly failedRounds: number;
  /** Whether a source without a limit of requests can be asked every second. */
  readonly canPollQuickly: boolean;
  /** Random number from 0 to 1. */
  readonly random: number;
}

/**
 * Returns the time until the next poll: a second around a learned arrival, a few while an hour is due, long while none
 * is, and longer each time no source answers. The random part keeps schedulers from polling at the same moments.
 *
 * Quick polls of a file last from 10 s and a spread before its usual arrival until it is there, at most 40 s and three
 * spreads: 100 to 400 polls. A poll is a conditional request, or one that is answered by 404, for the first missing
 * index of each product, and for as many of the following hours as are in work at a time, at each host without a limit
 * of requests. A punctual run of HRRR, 19 hours with a spread of 20 s, has 570 quick polls per hour, where the polls by
 * the table from its first file to its last are 430. Files that are never punctual cost 3,600 polls per hour at most.
 */
export function nextPollMs({ now, nextArrivals, failedRounds, canPollQuickly, random }: PaceInput): number {
  const jitter = 1 - JITTER + 2 * JITTER * random;
  if (failedRounds > 0) return Math.min(DUE_POLL_MS * 2 ** failedRounds, MAX_FAILURE_POLL_MS) * jitter;
  const quickMs = canPollQuickly ? QUICK_POLL_MS : DUE_POLL_MS;
  const waits = nextArrivals.map(({ at, spreadMs }) => {
    const leftMs = at.getTime() - now.getTime();
    if (spreadMs === null) return untilDue(leftMs) * jitter;
    const untilQuickMs = leftMs - spreadMs - QUICK_BEFORE_MS;
    // Chance only shortens this wait: a longer one would miss the arrival.
    if (untilQuickMs > quickMs) return Math.min(untilQuickMs, IDLE_POLL_MS) * (1 - JITTER + JITTER * random);
    return (leftMs > -2 * spreadMs - QUICK_AFTER_MS ? quickMs : untilDue(leftMs)) * jitter;
  });
  return Math.min(IDLE_POLL_MS * jitter, ...waits);
}

function untilDue(leftMs: number): number {
  if (leftMs > IDLE_POLL_MS) return IDLE_POLL_MS;
  if (leftMs > DUE_POLL_MS) return leftMs;
  return leftMs > -PATIENCE_MS ? DUE_POLL_MS : LATE_POLL_MS;
}
