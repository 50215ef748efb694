import assert from "node:assert/strict";
import fc from "fast-check";
import { modelGeometry } from "./models.ts";
import { type Level, levelFor, OUTSIDE, overviewFactors, pyramidLevels, shownCell, tileWindow } from "./pyramid.ts";
import { tileBox, tileResolutionM } from "./tile.ts";

Deno.test("overviewFactors() adds levels until one fits a small tile", () => {
  assert.deepEqual(overviewFactors(modelGeometry("hrrr")!.grid), [2, 4, 8, 16]);
  assert.deepEqual(overviewFactors({ width: 100, height: 100 }), [2]);
});

Deno.test("pyramidLevels() gives every level the extent of the grid", () => {
  const grid = modelGeometry("hrrr")!.grid;
  const levels = pyramidLevels(grid);
  assert.deepEqual(levels.map(({ width, height }) => [width, height]), [
    [2752, 1532],
    [1376, 766],
    [688, 383],
    [344, 192],
    [172, 96],
  ]);
  for (const { width, height, pixelWidthM, pixelHeightM } of levels) {
    assert.ok(Math.abs(width * pixelWidthM - 2752 * 3000) < 1e-6);
    assert.ok(Math.abs(height * pixelHeightM - 1532 * 3000) < 1e-6);
  }
});

Deno.test("shownCell() returns the cell that tileWindow() has for the pixel at a point, at every zoom", () => {
  const grid = modelGeometry("hrrr")!.grid;
  const levels = pyramidLevels(grid);
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 9 }),
      fc.double({ min: -0.05, max: 1.05, noNaN: true }),
      fc.double({ min: -0.05, max: 1.05, noNaN: true }),
      fc.constantFrom(256, 512),
      (z, across, down, tileSizePx) => {
        const xM = grid.westM + across * (grid.eastM - grid.westM);
        const yM = grid.northM - down * (grid.northM - grid.southM);
        const sideM = tileResolutionM(z, 1);
        const tile = { z, x: Math.floor((xM - tileBox({ z, x: 0, y: 0 }).westM) / sideM), y: 0 };
        tile.y = Math.floor((tileBox({ z, x: 0, y: 0 }).northM - yM) / sideM);
        const { westM, northM } = tileBox(tile);
        const [i, j] = [(xM - westM) / sideM * tileSizePx, (northM - yM) / sideM * tileSizePx].map(Math.floor);
        const window = tileWindow(tile, tileSizePx, levels, grid);
        const [column, row] = [window.columns[i!]!, window.rows[j!]!];
        const expected = column === OUTSIDE || row === OUTSIDE ? null : { level: window.level, column, row };
        assert.deepEqual(shownCell({ xM, yM }, z, tileSizePx, levels, grid), expected);
      },
    ),
    { numRuns: 300 },
  );
});

/** A level of which only size and resolution matter here. */
function level(width: number, height: number, pixelM: number): Level {
  return { width, height, pixelWidthM: pixelM, pixelHeightM: pixelM };
}

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
