import type { Stats } from "../../contract/sidecar.ts";
import type { Field } from "../field/field.ts";
import { GateError } from "./gate_error.ts";

/**
 * Gates on values before anything is made of them: lines traced through damaged values take minutes and gigabytes.
 */

/** How far the share of the display grid that a source reaches may be from its model's. */
const REACH_TOLERANCE = 0.005;

/**
 * The source grid lies where the model's lies: it reaches the same share of the display grid in every frame.
 * @param cells of the warp plan: −1 for a pixel that the source grid does not reach
 * @throws GateError
 */
export function checkReach(cells: Int32Array, reachedShare: number): void {
  let reached = 0;
  for (let i = 0; i < cells.length; i++) if (cells[i]! >= 0) reached++;
  const share = reached / cells.length;
  if (Math.abs(share - reachedShare) > REACH_TOLERANCE) {
    const allowed = `${percent(reachedShare)} ± ${percent(REACH_TOLERANCE)}`;
    throw new GateError("values", "place of the source grid", `${percent(share)} of the display grid`, allowed);
  }
}

/**
 * Every value that will be painted is one that nature can have.
 * @param range in the unit of the values
 * @param tolerance what packing may add to either end, in the same unit
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
 * No cell stands out from all that surround it by more than the variable's cells do: a flipped bit changes one value, the
 * weather none alone. What it cannot see: values that are wrong together, as when a scale is.
 * @param field on the source grid
 * @param maxSpike in the unit of the values
 * @throws GateError
 */
export function checkSpikes({ width, height, values }: Field, maxSpike: number): void {
  const beyond = (value: number, neighbour: number) => !(Math.abs(value - neighbour) <= maxSpike);
  for (let row = 1; row < height - 1; row++) {
    for (let column = 1, i = row * width + 1; column < width - 1; column++, i++) {
      const value = values[i]!;
      // Nearly every cell is like the one beside it.
      if (!beyond(value, values[i - 1]!) || value !== value) continue;
      const around = [i - width - 1, i - width, i - width + 1, i - 1, i + 1, i + width - 1, i + width, i + width + 1]
        .map((at) => values[at]!);
      const present = around.filter((neighbour) => neighbour === neighbour);
      if (present.length < around.length || !present.every((neighbour) => beyond(value, neighbour))) continue;
      const [least, most] = [Math.min(...present), Math.max(...present)];
      // Between its neighbours a value is a step of a slope and not a spike.
      if (value > least && value < most) continue;
      throw new GateError(
        "values",
        "value among its neighbours",
        `${short(value)} in column ${column} of row ${row}, and ${short(least)} … ${short(most)} around it`,
        `at most ${maxSpike} more or less`,
      );
    }
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
