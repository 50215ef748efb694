import { type Grid, modelGrid } from "../../contract/grid.ts";
import type { ModelGeometry } from "../../contract/models.ts";

/** Pixels of the picture per cell of the wind, in both directions: barbs and particles are further apart. */
const PIXELS_PER_CELL = 4;

/** Returns the grid of a model's winds: the model's grid with coarser cells, which may reach a cell beyond it. */
export function windGrid({ grid }: Pick<ModelGeometry, "grid">): Grid {
  return modelGrid(grid, grid.pixelSizeM * PIXELS_PER_CELL, 1);
}
