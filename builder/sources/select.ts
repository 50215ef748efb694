import { cycleTime, type ForecastHour, type RunId } from "../../contract/identity.ts";
import { type MessageSelector, selectorName, selectorWindow } from "../models/message_selector.ts";
import type { InventoryEntry } from "./inventory.ts";
import { SourceError } from "./source_error.ts";

/**
 * The inventory line of a message: element, level and statistic match, its time is the forecast hour, and it carries no
 * ensemble or probability detail. Doubles are normal (two windows that coincide); the first is taken.
 * @throws SourceError `bad-answer` when the inventory is of another cycle, `missing` when it has no such message
 */
export function selectMessage<Entry extends InventoryEntry>(
  inventory: readonly Entry[],
  selector: MessageSelector,
  { run, fh, url }: { run: RunId; fh: ForecastHour; url: string },
): Entry {
  const cycle = cycleTime(run).getTime();
  const stranger = inventory.find((entry) => entry.cycle.getTime() !== cycle);
  if (stranger) {
    throw new SourceError("bad-answer", `${url} is of another cycle than ${run}: "${stranger.line}"`);
  }
  const namesakes = inventory.filter((entry) =>
    entry.element === selector.element && isLevel(entry.level, selector.level)
  );
  const { startHour, endHour } = selectorWindow(selector, fh);
  const found = namesakes.find((entry) =>
    entry.extra === "" && entry.time?.statistic === selector.statistic &&
    (startHour === null || entry.time.startMinutes === startHour * 60) && entry.time.endMinutes === endHour * 60
  );
  if (found) return found;
  const hint = namesakes.length === 0
    ? `none of its ${inventory.length} messages has that element and level`
    : `it has "${namesakes.slice(0, 3).map((entry) => entry.line).join('", "')}"`;
  throw new SourceError("missing", `${url} lists no ${selectorName(selector)} at forecast hour ${fh}: ${hint}`);
}

/** Some models spell a whole column out. */
function isLevel(held: string, wanted: string): boolean {
  return held === wanted || held === `${wanted} (considered as a single layer)`;
}
