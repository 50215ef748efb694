import { COARSE } from "./hrrr_grid.ts";

/** Change of a coarse field along the grid, per metre: towards the east and the north of the plane. */
export interface Slopes {
  readonly eastward: Float64Array;
  readonly northward: Float64Array;
}

/** Computes central differences; the outermost points have those of their neighbours. */
export function slopesOf(field: Float64Array): Slopes {
  const { width, height, spacingKm } = COARSE;
  const eastward = new Float64Array(field.length);
  const northward = new Float64Array(field.length);
  const span = 2 * spacingKm * 1000;
  for (let row = 0, i = 0; row < height; row++) {
    const above = Math.min(Math.max(row, 1), height - 2) - 1;
    for (let column = 0; column < width; column++, i++) {
      const left = Math.min(Math.max(column, 1), width - 2) - 1;
      eastward[i] = (field[row * width + left + 2]! - field[row * width + left]!) / span;
      northward[i] = (field[above * width + column]! - field[(above + 2) * width + column]!) / span;
    }
  }
  return { eastward, northward };
}
