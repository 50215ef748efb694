import type { Stats } from "../../contract/sidecar.ts";
import type { Field } from "../field/field.ts";
import { GateError } from "./gate_error.ts";

/** Gates on values before further work: tracing contours through damaged values takes minutes and gigabytes. */

/** Largest difference between the reached share of the display grid and the model's share. */
const REACH_TOLERANCE = 0.005;

/**
 * Checks that the source grid is in the model's place: it reaches the same share of the display grid in every frame.
 * @param share the share that the source grid of this frame reaches
 * @param reachedShare the model's
 * @throws GateError
 */
export function checkReach(share: number, reachedShare: number): void {
  if (Math.abs(share - reachedShare) > REACH_TOLERANCE) {
    const allowed = `${percent(reachedShare)} ± ${percent(REACH_TOLERANCE)}`;
    throw new GateError("values", "reach of the source grid", `${percent(share)} of the display grid`, allowed);
  }
}

/**
 * Checks that every value to be drawn is physically possible.
 * @param range in the unit of the values
 * @param tolerance error that packing may add at either end, in the same unit
 * @throws GateError
 */
export function checkRange(
  stats: Stats,
  [low, high]: readonly [number, number],
  tolerance: number,
  rule = "value range",
): void {
  if (stats.min >= low - tolerance && stats.max <= high + tolerance) return;
  throw new GateError("values", rule, `${short(stats.min)} … ${short(stats.max)}`, `${short(low)} … ${short(high)}`);
}

/**
 * Checks that no cell differs from all its neighbours by more than `maxSpike`: a flipped bit changes one value, and
 * weather never changes one alone. The check cannot detect values that are wrong together, such as those with a wrong
 * scale.
 * @param field on the source grid
 * @param maxSpike in the unit of the values
 * @throws GateError
 */
export function checkSpikes({ width, height, values }: Field, maxSpike: number): void {
  const isClose = (value: number, neighbour: number) => Math.abs(value - neighbour) <= maxSpike; // false for NaN
  for (let i = width + 1; i < (height - 1) * width - 1; i++) {
    const value = values[i]!;
    // Nearly every cell is close to its western neighbour.
    if (Math.abs(value - values[i - 1]!) <= maxSpike || value !== value) continue;
    const column = i % width;
    if (column === 0 || column === width - 1) continue; // cells at the edge have fewer neighbours
    const around = [i - width - 1, i - width, i - width + 1, i - 1, i + 1, i + width - 1, i + width, i + width + 1]
      .map((at) => values[at]!);
    const present = around.filter((neighbour) => neighbour === neighbour);
    if (present.length < around.length || present.some((neighbour) => isClose(value, neighbour))) continue;
    const [least, most] = [Math.min(...present), Math.max(...present)];
    // A value between those of its neighbours is part of a slope and not a spike.
    if (value > least && value < most) continue;
    const place = `column ${column} of row ${Math.floor(i / width)}`;
    throw new GateError(
      "values",
      "value among its neighbours",
      `${short(value)} in ${place}, and ${short(least)} … ${short(most)} around it`,
      `a difference of at most ${maxSpike}`,
    );
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
