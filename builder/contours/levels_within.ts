import type { Stats } from "../../contract/sidecar.ts";
import { checkLevelCount } from "../gates/lines.ts";
import type { ContourSpec } from "../models/model.ts";

/**
 * Returns the levels of a set of contours between the smallest and the largest value, ascending.
 * @param range in the unit of the levels; null when there is no value
 * @throws GateError when there are more than weather has
 */
export function levelsWithin(levels: ContourSpec["levels"], range: Pick<Stats, "min" | "max"> | null): number[] {
  if (range === null) return [];
  if (isList(levels)) return levels.filter((level) => level > range.min && level < range.max);
  const first = Math.ceil(range.min / levels.every);
  const last = Math.floor(range.max / levels.every);
  checkLevelCount(last - first + 1);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => roundedLevel((first + i) * levels.every));
}

/** Rounds a level to six decimals: a multiple of 0.1 in binary is not always exact. */
function roundedLevel(level: number): number {
  return Number(level.toFixed(6));
}

function isList(levels: ContourSpec["levels"]): levels is readonly number[] {
  return Array.isArray(levels);
}
