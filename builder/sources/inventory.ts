import { printable } from "../../contract/printable.ts";

/** What an index says of a file, whichever format it is written in. Words are those of the NCEP inventory. */

export type Statistic = "instant" | "accumulation" | "average" | "maximum" | "minimum";

/** What a field's time means: an instant (`startMinutes` = `endMinutes`), or a statistic over a window. */
export interface FieldTime {
  readonly statistic: Statistic;
  /** Minutes after the cycle. */
  readonly startMinutes: number;
  readonly endMinutes: number;
}

/** One field of a file, as the file's index tells of it. Two fields packed in one message have the same range. */
export interface InventoryEntry {
  readonly start: number;
  /** First byte after the message, or null for the last one: the index does not tell where it ends. */
  readonly end: number | null;
  readonly cycle: Date;
  readonly element: string;
  readonly level: string;
  /** Null when the words for the time are none this reader knows; such a field is never selected. */
  readonly time: FieldTime | null;
  /** Ensemble, probability and percentile detail; a deterministic field has none. */
  readonly extra: string;
  /** `TMP:2 m above ground:1 hour fcst`. */
  readonly description: string;
  /** As it stands in the index. */
  readonly line: string;
}

/** A line of an index that this reader cannot use. Nobody may need what it tells of. */
export interface UnreadableLine {
  /** From 1. */
  readonly lineNumber: number;
  /** Printable, and no more than its beginning. */
  readonly text: string;
}

/** What an index tells. */
export interface Inventory<Entry extends InventoryEntry = InventoryEntry> {
  readonly entries: readonly Entry[];
  readonly unreadable: readonly UnreadableLine[];
}

/** The longest index of a product has some 750 lines, of an ensemble some thousands. */
const MAX_LINES = 20_000;
const SHOWN_CHARACTERS = 120;

/**
 * Reads an index line by line. A strange line is kept for messages and spoils no other; the last one may be half, while
 * the index is being written.
 * @param read one line, to what it tells; null when it cannot be read
 * @throws SyntaxError when there are no lines, more than any index has, or none that can be read
 */
export function readLines<Entry extends InventoryEntry>(
  text: string,
  read: (line: string) => Entry | null,
): Inventory<Entry> {
  const entries: Entry[] = [];
  const unreadable: UnreadableLine[] = [];
  const lines = text.split("\n");
  if (lines.length > MAX_LINES) {
    throw new SyntaxError(`it has ${lines.length} lines, and at most ${MAX_LINES} are read`);
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
