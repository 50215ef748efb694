import { cycleTime, type RunId, runIdOf } from "../../contract/identity.ts";
import { type Cycle, cycleOf, forecastHours, type Model } from "../models/model.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** A feed is sometimes early; a cycle is looked for this long before its first file is usual. */
const EARLY_MINUTES = 10;

/** A run whose last file is late by more than this will not be completed any more. */
const LATE_MINUTES = 120;

/**
 * The runs to work on, newest first: the newest whose first file may be there; those before it whose files may still be
 * coming, as far as they are kept; and as many as are to be caught up on.
 */
export function wantedRuns(
  model: Model,
  now: Date,
  { backfill, keepRuns }: { readonly backfill: number; readonly keepRuns: number },
): RunId[] {
  const runs: RunId[] = [];
  const hour = Math.floor(now.getTime() / HOUR_MS);
  const most = Math.max(keepRuns, backfill + 1);
  // A model that runs once a day is found within as many days as runs are wanted, and one more.
  for (let age = 0; age <= 24 * (most + 1) && runs.length < most; age++) {
    const run = runIdOf(new Date((hour - age) * HOUR_MS));
    const cycle = cycleOf(model, run);
    if (!cycle || cycle.forecastHours.length === 0 || now.getTime() < earliest(run, cycle)) continue;
    if (runs.length <= backfill || now.getTime() <= latest(run, cycle)) runs.push(run);
    else break;
  }
  return runs;
}

function latest(run: RunId, { lastFileMinutes }: Cycle): number {
  return cycleTime(run).getTime() + (lastFileMinutes + LATE_MINUTES) * MINUTE_MS;
}

function earliest(run: RunId, { firstFileMinutes }: Cycle): number {
  return cycleTime(run).getTime() + (firstFileMinutes - EARLY_MINUTES) * MINUTE_MS;
}

/** When a run's file of an hour is usually there: first and last file are known, the others come evenly between. */
export function usualArrival(model: Model, run: RunId, fh: number): Date {
  const { firstFileMinutes, lastFileMinutes } = cycleOf(model, run)!;
  const hours = forecastHours(model, run);
  const share = hours.length > 1 ? hours.findIndex((hour) => hour === fh) / (hours.length - 1) : 0;
  const minutes = firstFileMinutes + (lastFileMinutes - firstFileMinutes) * share;
  return new Date(cycleTime(run).getTime() + minutes * MINUTE_MS);
}
