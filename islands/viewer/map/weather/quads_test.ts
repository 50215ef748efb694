import assert from "node:assert/strict";
import type { TileRange } from "./tiles_in_view.ts";
import { quadsBelow, quadsOf } from "./quads.ts";

const RANGE: TileRange = { z: 3, x: 1, y: 2, columns: 2, rows: 2 };
const atlas = (range: TileRange, ...there: number[]) => ({
  range,
  isWhole: there.length === range.columns * range.rows,
  has: (place: number) => there.includes(place),
});

Deno.test("quadsOf() draws a complete atlas as one quad, and the tiles of an incomplete one", () => {
  assert.deepEqual(quadsOf(atlas(RANGE, 0, 1, 2, 3)), [{
    target: [1 / 8, 2 / 8, 2 / 8, 2 / 8],
    texture: [0, 0, 1, 1],
  }]);
  assert.deepEqual(quadsOf(atlas(RANGE, 1, 2)), [
    { target: [2 / 8, 2 / 8, 1 / 8, 1 / 8], texture: [0.5, 0, 0.5, 0.5] },
    { target: [1 / 8, 3 / 8, 1 / 8, 1 / 8], texture: [0, 0.5, 0.5, 0.5] },
  ]);
  assert.deepEqual(quadsOf(atlas(RANGE)), []);
});

Deno.test("quadsBelow() draws an older image where a tile is missing, and nowhere else", () => {
  // The older atlas is a tile of zoom 2; the western half of its area lies outside the range.
  const older = atlas({ z: 2, x: 0, y: 1, columns: 1, rows: 1 }, 0);
  assert.deepEqual(quadsBelow(atlas(RANGE, 1, 2, 3), older), [{
    target: [1 / 8, 2 / 8, 1 / 8, 1 / 8],
    texture: [0.5, 0, 0.5, 0.5],
  }]);
  assert.deepEqual(quadsBelow(atlas(RANGE, 0, 2, 3), older), [], "it shows nothing of that tile");
  assert.deepEqual(quadsBelow(atlas(RANGE, 0, 1, 2, 3), older), []);
});
