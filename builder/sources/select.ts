import { printable } from "../../contract/printable.ts";
import { cycleTime, type RunId } from "../../contract/identity.ts";
import { type Lead, leadText } from "../../contract/lead.ts";
import { type MessageSelector, selectorName, selectorWindow } from "../grib/message_selector.ts";
import type { Inventory, InventoryEntry } from "./inventory.ts";
import { SourceError } from "./source_error.ts";

/**
 * Returns the inventory entry of a message: cycle, element, level and statistic match, the time is that of the frame,
 * and the part of an ensemble is the wanted one. Duplicates are normal (two windows that coincide); the first one
 * is taken. Entries of other cycles are ignored.
 * @throws SourceError `bad-answer` when all entries are of another cycle, `missing` when no entry matches
 */
export function selectMessage<Entry extends InventoryEntry>(
  { entries, unreadable }: Inventory<Entry>,
  selector: MessageSelector,
  { run, lead, url }: { run: RunId; lead: Lead; url: string },
): Entry {
  const cycle = cycleTime(run).getTime();
  const ofCycle = entries.filter((entry) => entry.cycle.getTime() === cycle);
  if (ofCycle.length === 0) {
    throw new SourceError(
      "bad-answer",
      `${url} has no message of run ${run}; it begins with ${quoted(entries.slice(0, 1))}`,
    );
  }
  const candidates = ofCycle.filter((entry) =>
    entry.element === selector.element && isLevel(entry.level, selector.level)
  );
  const { startMinutes, endMinutes } = selectorWindow(selector, lead);
  const found = candidates.find((entry) =>
    entry.ensemble === (selector.ensemble ?? null) && entry.time?.statistic === selector.statistic &&
    (startMinutes === null || entry.time.startMinutes === startMinutes) && entry.time.endMinutes === endMinutes
  );
  if (found) return found;
  const hint = candidates.length === 0
    ? `none of its ${ofCycle.length} messages has that element and level`
    : `it has ${quoted(candidates.slice(0, 3))}`;
  const [line] = unreadable;
  const strange = line
    ? `; unreadable lines: ${unreadable.length}, the first is line ${line.lineNumber}: "${line.text}"`
    : "";
  throw new SourceError(
    "missing",
    `${url} lists no ${selectorName(selector)} at forecast hour ${leadText(lead)}: ${hint}${strange}`,
  );
}

function quoted(entries: readonly InventoryEntry[]): string {
  return entries.map(({ line }) => `"${printable(line, 120)}"`).join(", ");
}

/** Whether a level is the wanted one: some models add a suffix to the level of a whole column. */
function isLevel(held: string, wanted: string): boolean {
  return held === wanted || held === `${wanted} (considered as a single layer)`;
}
