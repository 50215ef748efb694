import type { Grid } from "../../contract/grid.ts";
import { overviewFactors, reducedSize } from "../../contract/pyramid.ts";
import { writeValueCog } from "../../builder/cog/value_cog.ts";
import { reduceField } from "../../builder/derive/reduce.ts";
import type { Field } from "../../builder/field/field.ts";

/** Returns a value COG whose overviews have the values at the centres of their cells. */
export function valueCogBytes(values: Field, grid: Grid): Uint8Array<ArrayBuffer> {
  return writeValueCog(levelsOf(values, grid), grid).bytes;
}

/** The field and its overviews. */
export function levelsOf(values: Field, grid: Grid): Field[] {
  const overviews = overviewFactors(grid).map((factor) => {
    const { width, height } = reducedSize(grid, factor);
    return reduceField(values, width, height, "discrete");
  });
  return [values, ...overviews];
}
