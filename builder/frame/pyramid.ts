import type { Grid } from "../../contract/grid.ts";
import { lowerEdge } from "../../contract/legend.ts";
import { overviewFactors, reducedSize } from "../../contract/pyramid.ts";
import type { Kind } from "../../contract/sidecar.ts";
import { reduceField } from "../derive/reduce.ts";
import { roundValues } from "../derive/round.ts";
import type { Field } from "../field/field.ts";
import type { Palette } from "../style/palette.ts";
import { type NumberedImage, numberPixels } from "../style/palette_numbers.ts";

/** One level of a frame's pyramid: values and the palette numbers that are drawn for them. */
export interface PyramidLevel {
  readonly values: Field;
  readonly picture: NumberedImage;
}

/** Reduction, rounding and colours of a variable's fields. */
export interface PyramidStyle {
  readonly kind: Kind;
  readonly palette: Palette;
  readonly rounding: number;
}

/**
 * Makes the pyramid of a frame: the full image first, then the overviews. Values and picture have one reduction, and
 * each pixel's colour is that of its own rounded value, so what is painted is what is read.
 * @param display warped values on the grid
 */
export function framePyramid(display: Field, grid: Grid, { kind, palette, rounding }: PyramidStyle): PyramidLevel[] {
  const drawnFrom = palette.undrawn === undefined ? undefined : lowerEdge(palette.undrawn.below);
  const full = roundValues(display, rounding);
  const levels = [
    full,
    ...overviewFactors(grid).map((factor) => {
      const { width, height } = reducedSize(grid, factor);
      return roundValues(reduceField(full, width, height, kind, drawnFrom), rounding);
    }),
  ];
  return levels.map((values) => ({ values, picture: numberPixels(values, palette, rounding) }));
}
