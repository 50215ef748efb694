import { z } from "zod";
import type { HeldPart } from "../grib/ensemble.ts";
import { type FieldTime, type Inventory, type InventoryEntry, readLines } from "./inventory.ts";

/**
 * The index of ECMWF's open data: one JSON object per line, with the offset and the length of a message. Parameters and
 * levels get the names of the NCEP inventory, so that the tables of all models use the same names.
 * @see https://github.com/ecmwf/ecmwf-opendata
 */

/** A string, or a number in its place, which is converted. */
const word = z.union([z.string(), z.number().transform(String)]);

const lineSchema = z.object({
  date: word.pipe(z.string().regex(/^[0-9]{8}$/)),
  time: word.transform((time) => time.padStart(4, "0")).pipe(z.string().regex(/^[0-9]{4}$/)),
  type: word,
  levtype: word,
  levelist: word.optional(),
  number: word.optional(),
  step: word.pipe(z.string().min(1)),
  param: word,
  _offset: z.number().int().nonnegative(),
  _length: z.number().int().positive(),
});
type IndexLine = z.infer<typeof lineSchema>;

/**
 * Element, level and statistic of the surface parameters. The index does not give the start of a window: 0 is used, the
 * start of the run.
 */
const SURFACE: Readonly<Record<string, readonly [element: string, level: string, statistic: FieldTime["statistic"]]>> =
  {
    "2t": ["TMP", "2 m above ground", "instant"],
    "2d": ["DPT", "2 m above ground", "instant"],
    "10u": ["UGRD", "10 m above ground", "instant"],
    "10v": ["VGRD", "10 m above ground", "instant"],
    "10fg": ["GUST", "10 m above ground", "maximum"],
    "10fg3": ["GUST", "10 m above ground", "maximum"],
    "tp": ["APCP", "surface", "accumulation"],
    "tprate": ["PRATE", "surface", "instant"],
    "ptype": ["PTYPE", "surface", "instant"],
    "sd": ["WEASD", "surface", "instant"],
    "rsn": ["SDEN", "surface", "instant"],
    "msl": ["PRMSL", "mean sea level", "instant"],
    "tcc": ["TCDC", "entire atmosphere", "instant"],
    "mucape": ["CAPE", "most unstable parcel", "instant"],
  };

const PRESSURE_LEVEL: Readonly<Record<string, string>> = {
  gh: "HGT",
  t: "TMP",
  r: "RH",
  u: "UGRD",
  v: "VGRD",
  vo: "RELV",
};

/**
 * Reads an index. Unknown parameters keep their own names; unreadable lines are returned beside the entries.
 * @throws SyntaxError when no line can be read, or there are too many lines
 */
export function parseEcmwfIndex(text: string): Inventory {
  return readLines(text, parseLine);
}

function parseLine(line: string): InventoryEntry | null {
  try {
    const fields = lineSchema.parse(JSON.parse(line));
    const cycle = cycleOf(fields);
    return cycle && toEntry(fields, cycle, line);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

/** The cycle of a line, or null for a date that is not in the calendar. */
function cycleOf({ date, time }: Pick<IndexLine, "date" | "time">): Date | null {
  const iso = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}T${time.slice(0, 2)}:${
    time.slice(2, 4)
  }:00.000Z`;
  const cycle = new Date(iso);
  // Date turns 31 February into a day of March; only a calendar date survives the round trip.
  return Number.isNaN(cycle.getTime()) || cycle.toISOString() !== iso ? null : cycle;
}

function toEntry(fields: IndexLine, cycle: Date, line: string): InventoryEntry {
  const { param, levtype, levelist, number, type, _offset, _length } = fields;
  const known = Object.hasOwn(SURFACE, param) ? SURFACE[param] : undefined;
  const [element, level, statistic] = levtype === "pl"
    ? [
      Object.hasOwn(PRESSURE_LEVEL, param) ? PRESSURE_LEVEL[param]! : param,
      `${levelist ?? "unknown"} mb`,
      "instant" as const,
    ]
    : known ?? [param, levtype, "instant" as const];
  const endMinutes = Number(fields.step) * 60;
  return {
    start: _offset,
    end: _offset + _length,
    cycle,
    element,
    level,
    // A range of steps, as in probability fields, is not a number: such a field is never selected.
    time: Number.isInteger(endMinutes)
      ? { statistic, startMinutes: statistic === "instant" ? endMinutes : 0, endMinutes }
      : null,
    description: `${element}:${level}:${timeWords(statistic, fields.step)}`,
    ensemble: parseEnsemble(type, number),
    line,
  };
}

/** Reads the type of a field, and its number if it is a member. @see ECMWF, MARS keyword `type` */
function parseEnsemble(type: string, number: string | undefined): HeldPart {
  if (type === "pf" && number !== undefined) return `member ${Number(number)}`;
  if (number !== undefined) return "other";
  return type === "fc" ? null : type === "cf" ? "control" : type === "em" ? "mean" : type === "es" ? "spread" : "other";
}

function timeWords(statistic: FieldTime["statistic"], step: string): string {
  if (statistic === "accumulation") return `0-${step} hour acc fcst`;
  return `${step} hour ${statistic === "maximum" ? "max " : ""}fcst`;
}
