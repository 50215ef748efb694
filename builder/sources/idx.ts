import type { HeldPart } from "../grib/ensemble.ts";
import { type FieldTime, type Inventory, type InventoryEntry, readLines, type Statistic } from "./inventory.ts";

/**
 * The NCEP inventory (`.idx`) of a GRIB2 file: one line per message,
 * `<message>[.<submessage>]:<byte offset>:d=<YYYYMMDDHH>:<element>:<level>:<time>:[<extra>:…]`.
 * @see wgrib2, option -s
 */

/** An entry with its number in the inventory. Two fields packed in one message have submessages 1 and 2. */
export interface IdxEntry extends InventoryEntry {
  readonly message: number;
  readonly submessage: number | null;
}

const LINE = /^([0-9]+)(?:\.([0-9]+))?:([0-9]+):d=([0-9]{10})([0-9]{2})?([0-9]{2})?:([^:]*):([^:]*):([^:]*):(.*)$/;

/**
 * Reads an inventory. Unreadable lines are returned beside the entries.
 * @throws SyntaxError when no line can be read, or there are too many lines
 */
export function parseIdx(text: string): Inventory<IdxEntry> {
  const { entries, unreadable } = readLines(text, parseLine);
  // A message ends at the next greater offset. Submessages share an offset.
  const offsets = [...new Set(entries.map((entry) => entry.start))].sort((a, b) => a - b);
  const nextOffset = new Map(offsets.map((offset, i) => [offset, offsets[i + 1] ?? null]));
  return { entries: entries.map((entry) => ({ ...entry, end: nextOffset.get(entry.start) ?? null })), unreadable };
}

function parseLine(line: string): IdxEntry | null {
  const match = LINE.exec(line);
  if (!match) return null;
  const [, message, submessage, offset, date, minutes = "00", seconds = "00", element, level, time, extra] = match;
  const day = `${date!.slice(0, 4)}-${date!.slice(4, 6)}-${date!.slice(6, 8)}`;
  const iso = `${day}T${date!.slice(8, 10)}:${minutes}:${seconds}.000Z`;
  const cycle = new Date(iso);
  const start = Number(offset);
  // Date turns 31 February into a day of March; only a calendar date survives the round trip.
  const isCalendarDate = !Number.isNaN(cycle.getTime()) && cycle.toISOString() === iso;
  if (!isCalendarDate || !Number.isSafeInteger(start)) return null;
  return {
    message: Number(message),
    submessage: submessage === undefined ? null : Number(submessage),
    start,
    end: null,
    cycle,
    element: element!,
    level: level!,
    time: parseFieldTime(time!),
    ensemble: parseEnsemble(extra!.replace(/:$/, "")),
    description: `${element}:${level}:${time}`,
    line,
  };
}

/** Reads the words of the inventory for a part of an ensemble; empty for a deterministic field. */
function parseEnsemble(text: string): HeldPart {
  const member = /^ENS=([+-][0-9]{1,3})$/.exec(text);
  if (member) return `member ${Number(member[1])}`;
  if (text === "ENS=low-res ctl" || text === "ENS=hi-res ctl") return "control";
  if (text === "ens mean") return "mean";
  if (text === "ens spread") return "spread";
  return text === "" ? null : "other";
}

const MINUTES: Readonly<Record<string, number>> = { min: 1, hour: 60, day: 1440 };
const STATISTICS: Readonly<Record<string, Statistic>> = {
  acc: "accumulation",
  ave: "average",
  max: "maximum",
  min: "minimum",
};

/**
 * Reads `anl`, `6 hour fcst`, `15 min fcst`, `0-6 hour acc fcst`, `0-1 day acc fcst` and similar texts; null for
 * others.
 */
export function parseFieldTime(text: string): FieldTime | null {
  if (text === "anl") return { statistic: "instant", startMinutes: 0, endMinutes: 0 };
  const instant = /^([0-9]{1,4}) (min|hour|day) fcst$/.exec(text);
  if (instant) {
    const at = Number(instant[1]) * MINUTES[instant[2]!]!;
    return { statistic: "instant", startMinutes: at, endMinutes: at };
  }
  const window = /^([0-9]{1,4})-([0-9]{1,4}) (min|hour|day) (acc|ave|max|min)(?: fcst| anl)?$/.exec(text);
  if (!window) return null;
  const unit = MINUTES[window[3]!]!;
  return {
    statistic: STATISTICS[window[4]!]!,
    startMinutes: Number(window[1]) * unit,
    endMinutes: Number(window[2]) * unit,
  };
}
