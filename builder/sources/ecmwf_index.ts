import { z } from "zod";
import { type FieldTime, type Inventory, type InventoryEntry, readLines } from "./inventory.ts";

/**
 * The index of ECMWF's open data: one JSON object a line, with offset and length of each message. Parameters and levels
 * are given the words of the NCEP inventory, so that tables of models speak one language.
 * @see https://github.com/ecmwf/ecmwf-opendata
 */

/** Texts, and numbers where a text is usual. */
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

/** Element, level and statistic of surface parameters. A window begins with the run where it is not said. */
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
 * Reads an index. Parameters that are not known here keep their own names; lines that cannot be read are told beside the
 * others.
 * @throws SyntaxError when it has no line that can be read, or too many
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

/** Null for a date that is not in the calendar. */
function cycleOf({ date, time }: Pick<IndexLine, "date" | "time">): Date | null {
  const iso = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}T${time.slice(0, 2)}:${
    time.slice(2, 4)
  }:00.000Z`;
  const cycle = new Date(iso);
  // Date rolls 31 February over to March; a calendar date survives the round trip.
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
    // A range of steps, as probabilities have, is not a number: such a field is never selected.
    time: Number.isInteger(endMinutes)
      ? { statistic, startMinutes: statistic === "instant" ? endMinutes : 0, endMinutes }
      : null,
    description: `${element}:${level}:${timeWords(statistic, fields.step)}`,
    extra: type === "fc" && number === undefined ? "" : `${type}${number ?? ""}`,
    line,
  };
}

function timeWords(statistic: FieldTime["statistic"], step: string): string {
  if (statistic === "accumulation") return `0-${step} hour acc fcst`;
  return `${step} hour ${statistic === "maximum" ? "max " : ""}fcst`;
}
