const SECOND_MS = 1000;
/** While an hour is due: what a reader notices, and what a bucket does not. */
const DUE_POLL_MS = 5 * SECOND_MS;
/** Before anything is due: a feed that is early is still found within minutes. */
const IDLE_POLL_MS = 120 * SECOND_MS;
/** An hour that is late by this much is no longer asked for every few seconds. */
const PATIENCE_MS = 30 * 60 * SECOND_MS;
const LATE_POLL_MS = 30 * SECOND_MS;
/** A source that fails altogether is left alone for longer from time to time. */
const MAX_FAILURE_POLL_MS = 300 * SECOND_MS;

/** What the scheduler knows when it lies down. */
export interface PaceInput {
  readonly now: Date;
  /** When the next missing hour of each run is usually there; none when nothing is missing. */
  readonly nextArrivals: readonly Date[];
  /** Rounds in a row in which no source answered. */
  readonly failedRounds: number;
  /** From 0 to 1. */
  readonly random: number;
}

/**
 * How long to wait before asking again: short while an hour is due, long while none is, longer each time no source
 * answers; never exactly the same, so that schedulers do not march in step.
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
