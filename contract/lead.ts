import * as z from "zod";

declare const isLead: unique symbol;

/**
 * The lead time of a frame: the time after its run's reference time, in whole minutes. For an observation it is the time
 * after the start of the block of hours that the run stands for.
 *
 * This file is the only place that calculates with lead times. At run time a lead time is a number; to the compiler it is
 * a symbol, the one type that it refuses in arithmetic, in `<` and in template texts, where a number of minutes would be
 * taken for hours. Other files compare lead times with `===` and `compareLeads`, and write them with `leadText`.
 */
export type Lead = symbol & { readonly [isLead]: "minutes" };

const MAX_HOURS = 999;
const FRAME_TEXT = /^(0|[1-9][0-9]{0,2})(?:m(0[1-9]|[1-5][0-9]))?$/;

/** The text of a frame in URLs, JSON and on the command line: hours such as `3`, or hours and minutes such as `3m15`. */
export const frameTextSchema = z.string()
  .regex(FRAME_TEXT, "expected a frame such as 3 or 3m15: hours from 0 to 999, and minutes from 01 to 59")
  .brand<"FrameText">();
export type FrameText = z.infer<typeof frameTextSchema>;

/** A frame in a URL or on a command line, parsed. */
export const leadTextSchema = frameTextSchema.transform((text) => parseLead(text)!);

/** The hours of a frame in a document, for readers that know whole hours only; absent when the frame has minutes. */
export const wholeHoursSchema = z.number("expected hours from 0 to 999").int().min(0).max(MAX_HOURS);

/** The members by which a document names a frame. */
export const FRAME_SHAPE = { frame: frameTextSchema, fh: wholeHoursSchema.optional() };

/**
 * Returns the schema of an entry that names a frame: `fh` has to be what `frame` says. Entries of older builders have
 * only `fh`, and get their `frame` from it.
 */
export function namesFrame<T extends z.ZodType<{ frame: FrameText; fh?: number | undefined }>>(entry: T) {
  return z.preprocess(withFrameText, entry).refine(
    ({ frame, fh }) => fh === undefined || fh === wholeHours(leadOf({ frame })),
    "fh and frame name different frames",
  );
}

function withFrameText(entry: unknown): unknown {
  if (typeof entry !== "object" || entry === null || "frame" in entry) return entry;
  return "fh" in entry && Number.isInteger(entry.fh) ? { ...entry, frame: String(entry.fh) } : entry;
}

const MINUTE_MS = 60_000;

const minutesOf = (lead: Lead): number => lead as unknown as number;

/** Returns the lead time of whole minutes. @throws RangeError unless they are from 0 to 999 h 59 min */
export function leadOfMinutes(minutes: number): Lead {
  if (!Number.isInteger(minutes) || minutes < 0 || minutes >= (MAX_HOURS + 1) * 60) {
    throw new RangeError(`A lead time of ${minutes} minutes: expected whole minutes from 0 to ${MAX_HOURS} h 59 min`);
  }
  return minutes as unknown as Lead;
}

/** Returns the lead time of whole hours. @throws RangeError unless they are from 0 to 999 */
export function leadOfHours(hours: number): Lead {
  if (!Number.isInteger(hours)) throw new RangeError(`A lead time of ${hours} hours: expected whole hours`);
  return leadOfMinutes(hours * 60);
}

/** Returns the lead times from `first` to `last`, `step` apart, all in whole hours. */
export function hourlyLeads(first: number, last: number, step = 1): Lead[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, i) => leadOfHours(first + i * step));
}

/** Parses `3` or `3m15`; null when the text is not the one form of a lead time. */
export function parseLead(text: string): Lead | null {
  const match = FRAME_TEXT.exec(text);
  if (!match) return null;
  return leadOfMinutes(Number(match[1]) * 60 + Number(match[2] ?? 0));
}

/** Returns the lead time that an entry of a document names. */
export function leadOf({ frame }: { readonly frame: FrameText }): Lead {
  return parseLead(frame)!;
}

/** Formats a lead time as in URLs and JSON: `3` or `3m15`. */
export function leadText(lead: Lead): FrameText {
  const minutes = minutesOf(lead);
  const hours = Math.floor(minutes / 60);
  return (minutes % 60 === 0 ? `${hours}` : `${hours}m${twoDigits(minutes % 60)}`) as FrameText;
}

/** Formats a lead time as in file names: `fh003` or `fh003m15`. */
export function leadName(lead: Lead): string {
  const minutes = minutesOf(lead);
  const hours = `fh${String(Math.floor(minutes / 60)).padStart(3, "0")}`;
  return minutes % 60 === 0 ? hours : `${hours}m${twoDigits(minutes % 60)}`;
}

/** Formats a lead time for readers: `3 h` or `3 h 15 min`. */
export function leadWords(lead: Lead): string {
  const minutes = minutesOf(lead);
  const hours = `${Math.floor(minutes / 60)} h`;
  return minutes % 60 === 0 ? hours : `${hours} ${minutes % 60} min`;
}

/** Formats the span of ascending lead times, such as `0 to 18`; there has to be one. */
export function leadSpan(leads: readonly Lead[]): string {
  return `${leadText(leads[0]!)} to ${leadText(leads.at(-1)!)}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}

/** The fields that name a frame in documents: its text, and `fh` when the lead time is of whole hours. */
export interface LeadFields {
  readonly frame: FrameText;
  readonly fh?: number;
}

export function leadFields(lead: Lead): LeadFields {
  const fh = wholeHours(lead);
  return { frame: leadText(lead), ...(fh === null ? {} : { fh }) };
}

/** Returns the hours of a lead time; null when it is not of whole hours. */
export function wholeHours(lead: Lead): number | null {
  const minutes = minutesOf(lead);
  return minutes % 60 === 0 ? minutes / 60 : null;
}

/** Orders lead times from early to late, for `sort`. */
export function compareLeads(a: Lead, b: Lead): number {
  return minutesOf(a) - minutesOf(b);
}

export function leadMs(lead: Lead): number {
  return minutesOf(lead) * MINUTE_MS;
}

/** Returns the minutes of a lead time, for comparing it with the times in a message or an index. */
export function leadMinutes(lead: Lead): number {
  return minutesOf(lead);
}

/** Returns the lead time `minutes` before another. @throws RangeError when it would be before the reference time */
export function leadBefore(lead: Lead, minutes: number): Lead {
  return leadOfMinutes(minutesOf(lead) - minutes);
}

/** Returns the first whole hour that is not before a lead time. */
export function hourCeiling(lead: Lead): number {
  return Math.ceil(minutesOf(lead) / 60);
}
