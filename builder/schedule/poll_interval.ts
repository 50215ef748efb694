const SECOND_MS = 1000;
/** Interval while an hour is due: short enough for readers, and no load for a bucket. */
const DUE_POLL_MS = 5 * SECOND_MS;
/** Interval before anything is due: a feed that is early is still found within minutes. */
const IDLE_POLL_MS = 120 * SECOND_MS;
/** Delay after which a late hour is no longer requested every few seconds. */
const PATIENCE_MS = 30 * 60 * SECOND_MS;
const LATE_POLL_MS = 30 * SECOND_MS;
/** Longest interval while no source answers. */
const MAX_FAILURE_POLL_MS = 300 * SECOND_MS;

/** State of the scheduler at the end of a round. */
export interface PaceInput {
  readonly now: Date;
  /** Usual arrival of the next missing hour of each run; empty when nothing is missing. */
  readonly nextArrivals: readonly Date[];
  /** Rounds in a row in which no source answered. */
  readonly failedRounds: number;
  /** Random number from 0 to 1. */
  readonly random: number;
}

/**
 * Returns the time until the next poll: short while an hour is due, long while none is, and longer each time no source
 * answers. The random part keeps schedulers from polling at the same moments.
 */
export function nextPollMs({ now, nextArrivals, failedRounds, random }: PaceInput): number {
  const waitMs = failedRounds > 0
    ? Math.min(DUE_POLL_MS * 2 ** failedRounds, MAX_FAILURE_POLL_MS)
    : Math.min(IDLE_POLL_MS, ...nextArrivals.map((arrival) => untilDue(arrival.getTime() - now.getTime())));
  return waitMs * (0.8 + 0.4 * random);
}

function untilDue(leftMs: number): number {
  if (leftMs > IDLE_POLL_MS) return IDLE_POLL_MS;
  if (leftMs > DUE_POLL_MS) return leftMs;
  return leftMs > -PATIENCE_MS ? DUE_POLL_MS : LATE_POLL_MS;
}
