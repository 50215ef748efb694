/**
 * The clock of the upstream hosts. Change times of objects and start times of cycles are upstream times: a machine
 * whose clock is an hour behind would miss the newest run, and measure a negative lag.
 */

/** Smaller differences come from the duration of an answer and from the whole seconds of the Date header. */
const NEGLIGIBLE_MS = 5_000;

/** Skew by host: how far its clock was ahead of this machine's at its last answer, in ms. */
const skews = new Map<string, number>();
const MAX_HOSTS = 64;

/** Notes the Date header of an answer. A header that is missing or not a time is ignored. */
export function noteUpstreamTime(host: string, dateHeader: string | null, now: Date = new Date()): void {
  const time = dateHeader === null ? NaN : Date.parse(dateHeader);
  if (Number.isNaN(time) || (skews.size >= MAX_HOSTS && !skews.has(host))) return;
  skews.set(host, time - now.getTime());
}

/**
 * Returns how far upstream is ahead of this machine, in ms: the median of the hosts, so that a single wrong clock has
 * no effect.
 */
export function upstreamSkewMs(): number {
  const sorted = [...skews.values()].sort((a, b) => a - b);
  if (sorted.length === 0) return 0;
  const middle = sorted.length % 2 === 1
    ? sorted[(sorted.length - 1) / 2]!
    // Of two middle values that differ, the one nearer to this machine's own clock is used.
    : [sorted[sorted.length / 2 - 1]!, sorted[sorted.length / 2]!].sort((a, b) => Math.abs(a) - Math.abs(b))[0]!;
  return Math.abs(middle) < NEGLIGIBLE_MS ? 0 : middle;
}

/** Converts a time of this machine to upstream's clock. */
export function upstreamTime(now: Date): Date {
  return new Date(now.getTime() + upstreamSkewMs());
}

/** Forgets all answers, for tests. */
export function forgetUpstreamTimes(): void {
  skews.clear();
}
