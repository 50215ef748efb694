import * as z from "zod";
import { type FrameText, type Lead, type LeadFields, leadFields, leadMs, leadOf, leadText } from "./lead.ts";

/**
 * The identity of a frame: `{model, run, var, lead}`. Each part has exactly one text form, so that a round trip through a
 * URL or a file name loses nothing and a frame has only one name. The types are branded: only these schemas make them,
 * and paths and URLs are built from these types alone.
 */

const MODEL_PATTERN = /^[a-z][a-z0-9_]{1,15}$/;
const VAR_PATTERN = /^[a-z][a-z0-9_]{1,31}$/;
const RUN_PATTERN = /^([0-9]{4})([0-9]{2})([0-9]{2})_([0-9]{2})z$/;

export const modelIdSchema = z.string().regex(MODEL_PATTERN, "expected a model id such as hrrr").brand<"ModelId">();
export type ModelId = z.infer<typeof modelIdSchema>;

export const varIdSchema = z.string().regex(VAR_PATTERN, "expected a variable id such as tmp2m").brand<"VarId">();
export type VarId = z.infer<typeof varIdSchema>;

export const runIdSchema = z.string()
  .refine((text) => cycleOf(text) !== null, "expected a UTC cycle such as 20260217_06z")
  .brand<"RunId">();
export type RunId = z.infer<typeof runIdSchema>;

export interface FrameId {
  readonly model: ModelId;
  readonly run: RunId;
  readonly var: VarId;
  readonly lead: Lead;
}

/** Combines the parts of a frame's identity. */
export function frameId(model: { readonly id: ModelId }, run: RunId, variable: VarId, lead: Lead): FrameId {
  return { model: model.id, run, var: variable, lead };
}

/** Name of a frame in messages and keys, such as `hrrr/20260217_06z/tmp2m/3`. */
export function frameName({ model, run, var: variable, lead }: FrameId): string {
  return `${model}/${run}/${variable}/${leadText(lead)}`;
}

/** The fields that name a frame in documents and on the command line. */
export function frameFields({ model, run, var: variable, lead }: FrameId): Omit<FrameId, "lead"> & LeadFields {
  return { model, run, var: variable, ...leadFields(lead) };
}

/** The frame that a document names. */
export function frameOf(named: Omit<FrameId, "lead"> & { readonly frame: FrameText }): FrameId {
  return { model: named.model, run: named.run, var: named.var, lead: leadOf(named) };
}

/** A run's reference time; null when the text is not `YYYYMMDD_HHz`, or its date does not exist. */
function cycleOf(text: string): Date | null {
  const match = RUN_PATTERN.exec(text);
  if (!match) return null;
  const [, year, month, day, hour] = match;
  const iso = `${year}-${month}-${day}T${hour}:00:00.000Z`;
  const cycle = new Date(iso);
  // Date turns 31 April into 1 May; only a date that exists survives the round trip.
  return Number.isNaN(cycle.getTime()) || cycle.toISOString() !== iso ? null : cycle;
}

/** The reference time of a run, in UTC. */
export function cycleTime(run: RunId): Date {
  const cycle = cycleOf(run);
  if (cycle === null) throw new SyntaxError(`Run "${run}" has no valid cycle: expected a run such as 20260217_06z`);
  return cycle;
}

/**
 * The run with a reference time.
 * @throws RangeError when the time is not a whole UTC hour, or its year does not have four digits.
 */
export function runIdOf(cycle: Date): RunId {
  const iso = cycle.toISOString();
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:00:00\.000Z$/.test(iso)) {
    throw new RangeError(`Cannot name a run after ${iso}: expected a whole UTC hour of a four-digit year`);
  }
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 10)}_${iso.slice(11, 13)}z` as RunId;
}

/** The valid time of a frame of a run. */
export function validTime(run: RunId, lead: Lead): Date {
  return new Date(cycleTime(run).getTime() + leadMs(lead));
}

/** Formats a time in ISO 8601, in UTC with `Z` and whole seconds: the form of every time on disk and on the wire. */
export function isoSeconds(time: Date): string {
  return time.toISOString().slice(0, 19) + "Z";
}

/** A time on disk or on the wire. */
export const utcTimeSchema = z.iso.datetime({
  error: "expected an ISO 8601 time in UTC, such as 2026-02-17T09:00:00Z",
});
