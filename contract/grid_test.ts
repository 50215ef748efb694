import assert from "node:assert/strict";
import fc from "fast-check";
import { cellAt, geoTransform, modelGrids, snapOutwards } from "./grid.ts";
import { CONUS, knownModels, modelGeometry } from "./models.ts";
import { latitude, longitude, mercatorX, mercatorY, toMercator } from "./projection.ts";

Deno.test("toMercator() puts the CONUS coverage where the contract says", () => {
  const { westM, southM, eastM, northM } = toMercator(CONUS);
  const expected = [-14916811.77, 2391878.59, -6679169.45, 6982997.92];
  [westM, southM, eastM, northM].forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) <= 0.01, `${value}`));
});

Deno.test("mercator and its inverse agree over the whole projection", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -180, max: 180, noNaN: true }),
      fc.double({ min: -85, max: 85, noNaN: true }),
      (lon, lat) => {
        assert.ok(Math.abs(longitude(mercatorX(lon)) - lon) < 1e-9);
        assert.ok(Math.abs(latitude(mercatorY(lat)) - lat) < 1e-9);
      },
    ),
  );
});

Deno.test("every model has the pixel counts that its extent and pixel size give", () => {
  const sizes = Object.fromEntries(
    knownModels().map(({ id, grids: { display, value } }) => [
      id,
      [display.pixelSizeM, display.width, display.height, value.pixelSizeM, value.width, value.height],
    ]),
  );
  assert.deepEqual(sizes, {
    hrrr: [3000, 2752, 1532, 12000, 688, 383],
    rrfs: [3000, 2752, 1532, 12000, 688, 383],
    nam: [3000, 2752, 1532, 12000, 688, 383],
    gfs: [6250, 1320, 740, 25000, 330, 185],
    ecmwf: [9000, 916, 511, 9000, 916, 511],
  });
});

Deno.test("grids are aligned, share one extent, and hold the coverage", () => {
  const coverage = toMercator(CONUS);
  for (const { id, grids: { display, value, valueFactor } } of knownModels()) {
    for (const grid of [display, value]) {
      for (const edge of [grid.westM, grid.southM, grid.eastM, grid.northM]) {
        assert.equal(Math.abs(edge % value.pixelSizeM), 0, `${id}: ${edge} is not aligned`);
      }
      assert.equal(grid.westM + grid.width * grid.pixelSizeM, grid.eastM);
      assert.equal(grid.northM - grid.height * grid.pixelSizeM, grid.southM);
      assert.ok(grid.westM <= coverage.westM && grid.eastM >= coverage.eastM);
      assert.ok(grid.southM <= coverage.southM && grid.northM >= coverage.northM);
      assert.ok(coverage.westM - grid.westM < value.pixelSizeM && grid.northM - coverage.northM < value.pixelSizeM);
    }
    assert.equal(display.width, value.width * valueFactor);
    assert.equal(display.height, value.height * valueFactor);
  }
});

Deno.test("snapOutwards() leaves an aligned box alone", () => {
  const box = { westM: -6000, southM: -3000, eastM: 9000, northM: 3000 };
  assert.deepEqual(snapOutwards(box, 3000), box);
  assert.deepEqual(snapOutwards({ westM: -1, southM: -1, eastM: 1, northM: 1 }, 10), {
    westM: -10,
    southM: -10,
    eastM: 10,
    northM: 10,
  });
});

Deno.test("modelGrids() refuses a factor that is not a whole number", () => {
  for (const factor of [0, -1, 1.5, NaN]) assert.throws(() => modelGrids(toMercator(CONUS), 3000, factor), RangeError);
});

Deno.test("cellAt() finds the first and the last cell, and none outside the grid", () => {
  const grid = modelGeometry("hrrr")!.grids.value;
  const inside = (column: number, row: number) =>
    cellAt(grid, grid.westM + (column + 0.5) * 12000, grid.northM - (row + 0.5) * 12000);
  assert.deepEqual(inside(0, 0), { column: 0, row: 0 });
  assert.deepEqual(inside(687, 382), { column: 687, row: 382 });
  assert.equal(inside(688, 0), null);
  assert.equal(inside(0, 383), null);
  assert.equal(inside(-1, 0), null);
  assert.equal(cellAt(grid, grid.westM, grid.northM)?.column, 0);
  assert.equal(cellAt(grid, grid.eastM, grid.northM), null);
  assert.equal(cellAt(grid, grid.westM, grid.northM + 1), null);
  assert.equal(cellAt(grid, grid.westM, grid.southM - 1), null);
  assert.equal(cellAt(grid, grid.westM - 1, grid.northM), null);
  assert.equal(cellAt(grid, NaN, NaN), null);
});

Deno.test("geoTransform() returns GDAL's six coefficients", () => {
  assert.deepEqual(geoTransform(modelGeometry("hrrr")!.grids.display), [-14928000, 3000, 0, 6984000, 0, -3000]);
});
