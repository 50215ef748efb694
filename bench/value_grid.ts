import { cellAt, type Grid } from "../contract/grid.ts";
import { print } from "../builder/operations/terminal.ts";
import { runMain } from "../builder/cli/run_main.ts";
import type { Field } from "../builder/field/field.ts";
import { reduceField } from "../builder/derive/reduce.ts";
import { printTable, quantile, seededRandom } from "./measure.ts";
import { DISPLAY_GRID, realDisplayField, VALUE_GRID } from "./real_frames.ts";

/**
 * Accuracy of one value per cell of the value grid, compared with the display value at a point in the cell: the mean of
 * the valid display cells, or the display cell at the centre.
 */

const FHS = [0, 1];
const POINTS = 1_000_000;
const USAGE = "usage: deno task bench:value-grid [DATA_FOLDER]";

function main(): Promise<void> {
  const rows = FHS.flatMap((hour) => {
    const display = realDisplayField(hour);
    return ([["mean", "continuous"], ["centre", "discrete"]] as const).map(([name, kind]) => {
      const { errors, missing, extra } = errorsAt(
        display,
        reduceField(display, VALUE_GRID.width, VALUE_GRID.height, kind),
      );
      const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
      return [
        hour,
        name,
        rmse.toFixed(3),
        quantile(errors, 0.5).toFixed(3),
        quantile(errors, 0.99).toFixed(2),
        errors.reduce((worst, error) => Math.max(worst, error), 0).toFixed(1),
        `${missing} / ${extra}`,
      ];
    });
  });
  print(`${POINTS} random points, absolute errors in °F`);
  printTable(
    ["hour", "value is the", "RMSE", "median", "99th percentile", "worst", "points only shown / only valued"],
    rows,
  );
  return Promise.resolve();
}

/** Returns the errors at random points; a point with a value in only one of the fields is counted, not compared. */
function errorsAt(display: Field, values: Field): { errors: Float64Array; missing: number; extra: number } {
  const random = seededRandom(1);
  const errors = new Float64Array(POINTS);
  const { westM, eastM, southM, northM } = DISPLAY_GRID;
  let [compared, missing, extra] = [0, 0, 0];
  for (let i = 0; i < POINTS; i++) {
    const [xM, yM] = [westM + random() * (eastM - westM), southM + random() * (northM - southM)];
    const [shown, value] = [valueAt(display, DISPLAY_GRID, xM, yM), valueAt(values, VALUE_GRID, xM, yM)];
    if (Number.isNaN(shown) && Number.isNaN(value)) continue;
    if (Number.isNaN(value)) missing++;
    else if (Number.isNaN(shown)) extra++;
    else errors[compared++] = Math.abs(shown - value);
  }
  return { errors: errors.subarray(0, compared), missing, extra };
}

function valueAt({ values }: Field, grid: Grid, xM: number, yM: number): number {
  const cell = cellAt(grid, xM, yM);
  return cell === null ? NaN : values[cell.row * grid.width + cell.column]!;
}

if (import.meta.main) await runMain(main, USAGE);
