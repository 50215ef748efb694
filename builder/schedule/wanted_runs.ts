import { cycleTime, type RunId, runIdOf } from "../../contract/identity.ts";
import type { Lead } from "../../contract/lead.ts";
import { type Cycle, cycleOf, type Model, runLeads } from "../models/model.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Minutes before the usual time of its first file from which a cycle is polled: a feed is sometimes early. */
const EARLY_MINUTES = 10;

/** Delay of a run's last file, in minutes, after which the run is no longer expected to become complete. */
export const LATE_MINUTES = 120;

/**
 * Returns the runs to work on, newest first: the newest whose first file may be there, previous ones whose files may
 * still appear, up to the number of runs that are kept, and the number to catch up on.
 */
export function wantedRuns(
  model: Model,
  now: Date,
  { backfill, keepRuns }: { readonly backfill: number; readonly keepRuns: number },
): RunId[] {
  const runs: RunId[] = [];
  const hour = Math.floor(now.getTime() / HOUR_MS);
  const most = Math.max(keepRuns, backfill + 1);
  // For a model that runs once a day, as many days as runs are wanted are enough, and one more.
  for (let age = 0; age <= 24 * (most + 1) && runs.length < most; age++) {
    const run = runIdOf(new Date((hour - age) * HOUR_MS));
    const cycle = cycleOf(model, run);
    if (!cycle || cycle.leads.length === 0 || now.getTime() < earliest(run, cycle)) continue;
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

/**
 * Returns the usual arrival of a run's file of an hour by the model's table. The times of the first and last file are
 * known; the others are assumed evenly spaced between.
 */
export function usualArrival(model: Model, run: RunId, lead: Lead): Date {
  const { firstFileMinutes, lastFileMinutes } = cycleOf(model, run)!;
  const hours = runLeads(model, run);
  const share = hours.length > 1 ? hours.findIndex((hour) => hour === lead) / (hours.length - 1) : 0;
  const minutes = firstFileMinutes + (lastFileMinutes - firstFileMinutes) * share;
  return new Date(cycleTime(run).getTime() + minutes * MINUTE_MS);
}
