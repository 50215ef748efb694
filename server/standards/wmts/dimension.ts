import * as z from "zod";
import type { DimensionValue } from "./layers.ts";

/** Times to the minute or finer, as clients write them; a time without a zone is UTC. */
const TIME = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(:\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}(?::?\d{2})?)?$/i;

const EXPECTED = "expected an ISO 8601 time such as 2026-02-17T06:00:00Z, default or current";

/** The value of a time dimension. An offset's plus sign arrives as a space when the client did not encode it. */
export const dimensionSchema = z.string().optional().transform((text = "default", context): DimensionValue => {
  const word = text.toLowerCase();
  if (word === "" || word === "default") return "default";
  if (word === "current") return "current";
  const match = TIME.exec(text.replace(/ (?=\d{2}:?\d{0,2}$)/, "+"));
  const [, date = "", minutes, seconds = ":00", zone = "Z"] = match ?? [];
  const time = new Date(exists(date) ? `${date}T${minutes}${seconds}${isoZone(zone)}` : NaN);
  if (!Number.isNaN(time.getTime())) return time;
  context.addIssue({ code: "custom", message: EXPECTED });
  return z.NEVER;
});

/** Whether a date is in the calendar: `Date` turns 31 April into 1 May. */
function exists(date: string): boolean {
  const midnight = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}

/** The zone in the form that `Date` reads: `+02` and `+0200` are ISO 8601 too, but `Date` refuses them. */
function isoZone(zone: string): string {
  if (zone.toUpperCase() === "Z") return "Z";
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(":", "") || "00"}`;
}
