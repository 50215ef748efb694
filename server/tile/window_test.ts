import assert from "node:assert/strict";
import { tileBox } from "../../contract/tile.ts";
import type { CogLevel } from "../cog/cog_file.ts";
import { intersects, levelFor, OUTSIDE, tileWindow } from "./window.ts";

/** A level of one block, of which only size and resolution matter here. */
function level(width: number, height: number, pixelM: number): CogLevel {
  const blocks = { blockSizePx: 512, blocksAcross: 1, blocksDown: 1, offsets: [0], byteCounts: [0] };
  return { width, height, pixelWidthM: pixelM, pixelHeightM: pixelM, ...blocks };
}

Deno.test("intersects() requires a common area, not just an edge or a corner", () => {
  // Corners at the middle of the world, which floating point represents exactly.
  const box = tileBox({ z: 1, x: 0, y: 0 });
  assert.equal(intersects({ z: 1, x: 0, y: 0 }, box), true);
  assert.equal(intersects({ z: 0, x: 0, y: 0 }, box), true);
  assert.equal(intersects({ z: 5, x: 15, y: 15 }, box), true);
  for (const [x, y] of [[1, 0], [0, 1], [1, 1]] as const) {
    assert.equal(intersects({ z: 1, x, y }, box), false, `${x}/${y}`);
    assert.equal(intersects({ z: 5, x: 15 + x, y: 15 + y }, box), false, `${x}/${y} of zoom 5`);
  }
});

Deno.test("levelFor() takes the coarsest level that has a pixel for each pixel of the tile, or the full image", () => {
  const levels = [level(800, 400, 100), level(400, 200, 200), level(200, 100, 400)];
  const chosen = [50, 100, 199, 200, 399, 400, 1000].map((resolutionM) => levelFor(levels, resolutionM).pixelWidthM);
  assert.deepEqual(chosen, [100, 100, 100, 200, 200, 400, 400]);
});

Deno.test("tileWindow() returns the image's column and row under the centre of each pixel, or OUTSIDE", () => {
  const tile = { z: 5, x: 16, y: 16 }; // its north-western corner is the middle of the world
  const { eastM } = tileBox(tile);
  const pixelM = eastM / 4; // of a tile that is four pixels wide
  const image = level(3, 2, pixelM);
  const at = (columns: number, rows: number) => {
    const [westM, northM] = [columns * pixelM, -rows * pixelM];
    return { westM, northM, eastM: westM + 3 * pixelM, southM: northM - 2 * pixelM };
  };
  const window = (columns: number, rows: number) => {
    const { columns: across, rows: down } = tileWindow(tile, 4, [image], at(columns, rows));
    return { columns: [...across], rows: [...down] };
  };
  assert.deepEqual(window(0, 0), { columns: [0, 1, 2, OUTSIDE], rows: [0, 1, OUTSIDE, OUTSIDE] });
  assert.deepEqual(window(2, 1), { columns: [OUTSIDE, OUTSIDE, 0, 1], rows: [OUTSIDE, 0, 1, OUTSIDE] });
  // The image begins 0.4 pixels further west, and 0.6 further north: where the centres are decides.
  assert.deepEqual(window(-0.4, -0.6), { columns: [0, 1, 2, OUTSIDE], rows: [1, OUTSIDE, OUTSIDE, OUTSIDE] });
  assert.deepEqual(window(9, 9), { columns: Array(4).fill(OUTSIDE), rows: Array(4).fill(OUTSIDE) });
});
