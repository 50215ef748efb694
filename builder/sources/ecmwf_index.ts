import { z } from "zod";
import type { FieldTime, InventoryEntry } from "./inventory.ts";

/**
 * The index of ECMWF's open data: one JSON object a line, with offset and length of each message. Parameters and levels
 * are given the words of the NCEP inventory, so that tables of models speak one language.
 * @see https://github.com/ecmwf/ecmwf-opendata
 */

const lineSchema = z.object({
  date: z.string().regex(/^[0-9]{8}$/),
  time: z.string().regex(/^[0-9]{4}$/),
  type: z.string(),
  levtype: z.string(),
  levelist: z.string().regex(/^[0-9]{1,4}$/).optional(),
  number: z.string().optional(),
  step: z.string().min(1),
  param: z.string(),
  _offset: z.number().int().nonnegative(),
  _length: z.number().int().positive(),
});
type IndexLine = z.infer<typeof lineSchema>;

/** A whole index of the deterministic run has 85–160 lines, of the ensemble some thousands. */
const MAX_LINES = 20_000;

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
 * Reads a whole index. Parameters that are not known here keep their own names.
 * @throws SyntaxError when a line cannot be read, as in an index that is still being written
 */
export function parseEcmwfIndex(text: string): InventoryEntry[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length === 0) throw new SyntaxError("The index is empty");
  if (lines.length > MAX_LINES) throw new SyntaxError(`The index has ${lines.length} lines: more than ${MAX_LINES}`);
  if (!text.endsWith("\n")) throw new SyntaxError("The index ends in the middle of a line");
  return lines.map((line, i) => toEntry(parseLine(line, i), line));
}

function parseLine(line: string, index: number): IndexLine {
  try {
    const fields = lineSchema.parse(JSON.parse(line));
    if (fields.levtype === "pl" && fields.levelist === undefined) {
      throw new SyntaxError("A pressure level has no levelist");
    }
    cycleOf(fields);
    return fields;
  } catch (cause) {
    throw new SyntaxError(`Cannot read line ${index + 1} of the index: "${line.slice(0, 120)}"`, { cause });
  }
}

/** @throws SyntaxError for a date that is not in the calendar */
function cycleOf({ date, time }: Pick<IndexLine, "date" | "time">): Date {
  const iso = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}T${time.slice(0, 2)}:${
    time.slice(2, 4)
  }:00.000Z`;
  const cycle = new Date(iso);
  // Date rolls 31 February over to March; a calendar date survives the round trip.
  if (Number.isNaN(cycle.getTime()) || cycle.toISOString() !== iso) {
    throw new SyntaxError(`"${date} ${time}" is no time`);
  }
  return cycle;
}

function toEntry(fields: IndexLine, line: string): InventoryEntry {
  const { param, levtype, levelist, number, type, _offset, _length } = fields;
  const known = Object.hasOwn(SURFACE, param) ? SURFACE[param] : undefined;
  const [element, level, statistic] = levtype === "pl"
    ? [Object.hasOwn(PRESSURE_LEVEL, param) ? PRESSURE_LEVEL[param]! : param, `${levelist} mb`, "instant" as const]
    : known ?? [param, levtype, "instant" as const];
  const endMinutes = Number(fields.step) * 60;
  return {
    start: _offset,
    end: _offset + _length,
    cycle: cycleOf(fields),
    element,
    level,
    // A range of steps, as probabilities have, is not a number: such a field is never selected.
    time: Number.isInteger(endMinutes)
      ? { statistic, startMinutes: statistic === "instant" ? endMinutes : 0, endMinutes }
      : null,
    words: `${element}:${level}:${timeWords(statistic, fields.step)}`,
    extra: type === "fc" && number === undefined ? "" : `${type}${number ?? ""}`,
    line,
  };
}

function timeWords(statistic: FieldTime["statistic"], step: string): string {
  if (statistic === "accumulation") return `0-${step} hour acc fcst`;
  return `${step} hour ${statistic === "maximum" ? "max " : ""}fcst`;
}
