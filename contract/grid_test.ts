import assert from "node:assert/strict";
import fc from "fast-check";
import { cellAt, geoTransform, modelGrid, snapOutwards } from "./grid.ts";
import { CONUS, frameGrids, knownModels, modelGeometry } from "./models.ts";
import { latitude, longitude, mercatorX, mercatorY, toMercator } from "./projection.ts";
import type { ContractVersion } from "./version.ts";

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
    knownModels().map(({ id, grid }) => [
      id,
      [grid.pixelSizeM, grid.width, grid.height],
    ]),
  );
  assert.deepEqual(sizes, {
    hrrr: [3000, 2752, 1532],
    rrfs: [3000, 2752, 1532],
    nam: [3000, 2752, 1532],
    gfs: [6250, 1320, 740],
    ecmwf: [9000, 916, 511],
  });
});

Deno.test("frameGrids() returns one grid for picture and values, and larger value pixels for contract 3.0", () => {
  const sizes = (version: ContractVersion) =>
    knownModels().map((model) => {
      const { rgba, values } = frameGrids(model, version);
      assert.equal(rgba, model.grid);
      for (const edge of ["westM", "southM", "eastM", "northM"] as const) assert.equal(values[edge], rgba[edge]);
      return [model.id, values.pixelSizeM, values.width, values.height];
    });
  assert.deepEqual(sizes("3.1"), knownModels().map(({ id, grid }) => [id, grid.pixelSizeM, grid.width, grid.height]));
  assert.deepEqual(sizes("3.0"), [
    ["hrrr", 12000, 688, 383],
    ["rrfs", 12000, 688, 383],
    ["gfs", 25000, 330, 185],
    ["ecmwf", 9000, 916, 511],
    ["nam", 12000, 688, 383],
  ]);
});

Deno.test("grids are aligned and hold the coverage", () => {
  const coverage = toMercator(CONUS);
  for (const { id, grid, alignmentPx } of knownModels()) {
    const stepM = grid.pixelSizeM * alignmentPx;
    for (const edge of [grid.westM, grid.southM, grid.eastM, grid.northM]) {
      assert.equal(Math.abs(edge % stepM), 0, `${id}: ${edge} is not aligned`);
    }
    assert.equal(grid.westM + grid.width * grid.pixelSizeM, grid.eastM);
    assert.equal(grid.northM - grid.height * grid.pixelSizeM, grid.southM);
    assert.ok(grid.westM <= coverage.westM && grid.eastM >= coverage.eastM);
    assert.ok(grid.southM <= coverage.southM && grid.northM >= coverage.northM);
    assert.ok(coverage.westM - grid.westM < stepM && grid.northM - coverage.northM < stepM);
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
  for (const factor of [0, -1, 1.5, NaN]) assert.throws(() => modelGrid(toMercator(CONUS), 3000, factor), RangeError);
});

Deno.test("cellAt() finds the first and the last cell, and none outside the grid", () => {
  const grid = modelGeometry("hrrr")!.grid;
  const inside = (column: number, row: number) =>
    cellAt(grid, grid.westM + (column + 0.5) * 3000, grid.northM - (row + 0.5) * 3000);
  assert.deepEqual(inside(0, 0), { column: 0, row: 0 });
  assert.deepEqual(inside(2751, 1531), { column: 2751, row: 1531 });
  assert.equal(inside(2752, 0), null);
  assert.equal(inside(0, 1532), null);
  assert.equal(inside(-1, 0), null);
  assert.equal(cellAt(grid, grid.westM, grid.northM)?.column, 0);
  assert.equal(cellAt(grid, grid.eastM, grid.northM), null);
  assert.equal(cellAt(grid, grid.westM, grid.northM + 1), null);
  assert.equal(cellAt(grid, grid.westM, grid.southM - 1), null);
  assert.equal(cellAt(grid, grid.westM - 1, grid.northM), null);
  assert.equal(cellAt(grid, NaN, NaN), null);
});

Deno.test("geoTransform() returns GDAL's six coefficients", () => {
  assert.deepEqual(geoTransform(modelGeometry("hrrr")!.grid), [-14928000, 3000, 0, 6984000, 0, -3000]);
});
