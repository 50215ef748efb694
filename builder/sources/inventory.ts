import { printable } from "../../contract/printable.ts";
import type { HeldPart } from "../grib/ensemble.ts";

/**
 * The content of an index, in whichever format it is written. Elements, levels and times have the names of the NCEP
 * inventory.
 */

export type Statistic = "instant" | "accumulation" | "average" | "maximum" | "minimum";

/** Time of a field: an instant (`startMinutes` = `endMinutes`), or the window of a statistic. */
export interface FieldTime {
  readonly statistic: Statistic;
  /** Minutes after the cycle. */
  readonly startMinutes: number;
  readonly endMinutes: number;
}

/** A field of a file, as listed in the file's index. Two fields packed in one message have the same byte range. */
export interface InventoryEntry {
  readonly start: number;
  /** First byte after the message; null for the last message, whose end the index does not give. */
  readonly end: number | null;
  readonly cycle: Date;
  readonly element: string;
  readonly level: string;
  /** Time of the field; null when this reader does not know its text. Such a field is never selected. */
  readonly time: FieldTime | null;
  /** The part of an ensemble. */
  readonly ensemble: HeldPart;
  /** Text such as `TMP:2 m above ground:1 hour fcst`. */
  readonly description: string;
  /** The unchanged line of the index. */
  readonly line: string;
}

/** A line of an index that this reader cannot use. The line may describe a field that no variable needs. */
export interface UnreadableLine {
  /** Number of the line, from 1. */
  readonly lineNumber: number;
  /** Beginning of the line, with printable characters only. */
  readonly text: string;
}

/** The entries and the unreadable lines of an index. */
export interface Inventory<Entry extends InventoryEntry = InventoryEntry> {
  readonly entries: readonly Entry[];
  readonly unreadable: readonly UnreadableLine[];
}

/** Indexes have up to about 750 lines, those of ensembles several thousand. */
const MAX_LINES = 20_000;
const SHOWN_CHARACTERS = 120;

/**
 * Reads an index line by line. An unreadable line is kept for error messages and does not affect the others; the last
 * line may be incomplete while the index is being written.
 * @param read returns the entry of a line, or null when the line cannot be read
 * @throws SyntaxError when there are no lines, more lines than any index has, or no line that can be read
 */
export function readLines<Entry extends InventoryEntry>(
  text: string,
  read: (line: string) => Entry | null,
): Inventory<Entry> {
  const entries: Entry[] = [];
  const unreadable: UnreadableLine[] = [];
  const lines = text.split("\n");
  if (lines.length > MAX_LINES) {
    throw new SyntaxError(`it has ${lines.length} lines; at most ${MAX_LINES} are allowed`);
  }
  lines.forEach((line, i) => {
    if (line.trim() === "") return;
    const entry = read(line.trimEnd());
    if (entry !== null) entries.push(entry);
    else unreadable.push({ lineNumber: i + 1, text: printable(line, SHOWN_CHARACTERS) });
  });
  if (entries.length === 0) {
    const [first] = unreadable;
    throw new SyntaxError(first ? `line ${first.lineNumber} cannot be read: "${first.text}"` : "it is empty");
  }
  return { entries, unreadable };
}
