import assert from "node:assert/strict";
import { modelGrid } from "../../contract/grid.ts";
import { field } from "../field/field.ts";
import { NWS_REFLECTIVITY } from "../style/nws_palettes.ts";
import { paletteNumber } from "../style/palette_numbers.ts";
import { framePyramid } from "./pyramid.ts";

/** A grid of 4 × 2 cells, whose overview has 2 × 1. */
const grid = modelGrid({ westM: 0, southM: 0, eastM: 4000, northM: 2000 }, 1000, 1);
const ROUNDING = 0.25;
const style = { kind: "continuous", palette: NWS_REFLECTIVITY, rounding: ROUNDING } as const;

Deno.test("framePyramid() rounds the values of every level, and numbers the pixels by the rounded values", () => {
  const values = Float32Array.of(20.1, 20.3, NaN, 31, 29.9, 40.13, 30, NaN);
  const levels = framePyramid(field(4, 2, values), grid, style);
  assert.equal(levels.length, 2);
  for (const { values: { values }, picture: { numbers } } of levels) {
    values.forEach((value, i) => {
      if (!Number.isNaN(value)) assert.equal(value % ROUNDING, 0, `${value}`);
      assert.equal(numbers[i], paletteNumber(value, NWS_REFLECTIVITY));
    });
  }
  assert.deepEqual([...levels[0]!.values.values.slice(0, 2)], [20, 20.25]);
});

Deno.test("framePyramid() averages drawn values with drawn ones, and values that are not drawn with their like", () => {
  // The pixel south-east of a cell's middle decides: drawn on the left, not drawn on the right.
  const values = Float32Array.of(-10, 30, 30, -10, -10, 40, 20, -5);
  const [, overview] = framePyramid(field(4, 2, values), grid, style);
  assert.deepEqual([...overview!.values.values], [35, -7.5]);
  assert.equal(overview!.picture.numbers[1], 0);
});
