/**
 * The clock that upstream's times are told by. When an object was changed and when a cycle begins are upstream's times; a
 * machine whose clock is an hour behind would miss the newest run, and measure a lag below zero.
 */

/** What lies below is the time an answer takes, and whole seconds of the Date header. */
const NEGLIGIBLE_MS = 5_000;

/** By host: how far its clock was ahead of ours at its last answer, ms. */
const skews = new Map<string, number>();
const MAX_HOSTS = 64;

/** Notes the Date header of an answer. One that is missing or no time says nothing. */
export function noteUpstreamTime(host: string, dateHeader: string | null, now: Date = new Date()): void {
  const time = dateHeader === null ? NaN : Date.parse(dateHeader);
  if (Number.isNaN(time) || (skews.size >= MAX_HOSTS && !skews.has(host))) return;
  skews.set(host, time - now.getTime());
}

/** How far upstream is ahead of this machine, ms: what most hosts say, so that one with a wrong clock decides nothing. */
export function upstreamSkewMs(): number {
  const sorted = [...skews.values()].sort((a, b) => a - b);
  if (sorted.length === 0) return 0;
  const middle = sorted.length % 2 === 1
    ? sorted[(sorted.length - 1) / 2]!
    // Of two that disagree, the one that is nearer to this machine's own clock.
    : [sorted[sorted.length / 2 - 1]!, sorted[sorted.length / 2]!].sort((a, b) => Math.abs(a) - Math.abs(b))[0]!;
  return Math.abs(middle) < NEGLIGIBLE_MS ? 0 : middle;
}

/** A time of this machine, as upstream's clock has it. */
export function upstreamTime(now: Date): Date {
  return new Date(now.getTime() + upstreamSkewMs());
}

/** Forgets all answers: for tests. */
export function forgetUpstreamTimes(): void {
  skews.clear();
}
