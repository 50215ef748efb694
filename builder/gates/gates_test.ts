import assert from "node:assert/strict";
import { modelGrids } from "../../contract/grid.ts";
import type { Stats } from "../../contract/sidecar.ts";
import { field } from "../fields/field.ts";
import { writeValueCog } from "../frame/cog.ts";
import { Dataset } from "../gdal/dataset.ts";
import { GateError } from "./gate_error.ts";
import { checkPixels, checkReadBack, type PixelExpectations } from "./pixels.ts";
import { checkStructure, type ExpectedStructure } from "./structure.ts";

const STATS: Stats = { min: 10, max: 80, mean: 40, valid_fraction: 0.7 };
const TEMPERATURE: PixelExpectations = {
  kind: "continuous",
  isSparse: false,
  fillsCoverage: false,
  physicalRange: [-72.5, 155],
};

/** A picture of 100 pixels: `share` of them opaque, in colours that `color` gives. */
function picture(
  share: number,
  color: (i: number) => [number, number, number] = (i) => [i, 2 * i, 255 - i],
): Uint8Array {
  const pixels = new Uint8Array(400);
  for (let i = 0; i < 100 * share; i++) pixels.set([...color(i), 255], i * 4);
  return pixels;
}

function failure(run: () => void): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof GateError, String(error));
    assert.match(error.message, new RegExp(`gate "${error.gate}", rule "${error.rule}"`));
    return error.rule;
  }
  return "passed";
}

Deno.test("checkPixels() passes an ordinary frame", () => {
  assert.equal(failure(() => checkPixels(picture(0.74), STATS, TEMPERATURE)), "passed");
});

Deno.test("checkPixels() catches each accident by name", () => {
  const check = (rgba: Uint8Array, stats: Stats | null = STATS, expected = TEMPERATURE) =>
    failure(() => checkPixels(rgba, stats, expected));
  assert.equal(check(picture(0.05)), "alpha coverage");
  assert.equal(check(picture(0)), "alpha coverage");
  assert.equal(check(picture(1)), "alpha coverage");
  assert.equal(check(picture(1), STATS, { ...TEMPERATURE, fillsCoverage: true }), "passed");
  assert.equal(check(picture(0.7, () => [1, 2, 3])), "colour not constant");
  assert.equal(check(picture(0.7, (i) => [i, 2, i])), "colour not constant");
  assert.equal(check(picture(0.7), null), "nodata ratio");
  assert.equal(check(picture(0.7), { ...STATS, valid_fraction: 0.04 }), "nodata ratio");
  assert.equal(check(picture(0.7), { ...STATS, min: 40, max: 40 }), "value range");
  assert.equal(check(picture(0.7), { ...STATS, max: 290 }), "value range"); // kelvin taken for °F
  assert.equal(check(picture(0.7), { ...STATS, min: -80 }), "value range");
  const half = picture(0.7);
  half[3] = 128;
  assert.equal(check(half), "alpha is 0 or 255");
});

Deno.test("checkPixels() lets a dry and a rain-only sparse frame pass", () => {
  const sparse: PixelExpectations = { kind: "discrete", isSparse: true, fillsCoverage: false, physicalRange: [0, 80] };
  const dry: Stats = { min: 0, max: 0, mean: 0, valid_fraction: 0.74 };
  assert.equal(failure(() => checkPixels(picture(0), dry, sparse)), "passed");
  const rainOnly = picture(0.01, () => [2, 253, 2]);
  rainOnly.set([1, 197, 1, 255], 4);
  assert.equal(failure(() => checkPixels(rainOnly, { ...STATS, min: 5, max: 30 }, sparse)), "passed");
});

Deno.test("checkPixels() looks at a sparse frame's values where its picture says nothing", () => {
  const sparse: PixelExpectations = {
    kind: "continuous",
    isSparse: true,
    fillsCoverage: false,
    physicalRange: [0, 80],
  };
  const dry: Stats = { min: 0, max: 0, mean: 0, valid_fraction: 0.74 };
  const check = (rgba: Uint8Array, stats: Stats, expected = sparse) =>
    failure(() => checkPixels(rgba, stats, expected));
  assert.equal(
    check(picture(0), { ...dry, valid_fraction: 1 }),
    "value coverage",
    "a source that fills nothing like this",
  );
  assert.equal(check(picture(0), { ...dry, valid_fraction: 1 }, { ...sparse, fillsCoverage: true }), "passed");
  assert.equal(check(picture(0), { ...dry, valid_fraction: 0.04 }), "nodata ratio");
  assert.equal(check(picture(0), { ...dry, max: 81 }), "value range");
  assert.equal(check(picture(0.3), { ...dry, max: 3 }), "passed");
  assert.equal(check(picture(0.3), dry), "value range", "drawn, and yet constant");
});

Deno.test("checkPixels() takes a speck of one colour for weather, and a country of it for an accident", () => {
  const sparse: PixelExpectations = {
    kind: "continuous",
    isSparse: true,
    fillsCoverage: false,
    physicalRange: [0, 80],
  };
  const stats: Stats = { min: 0, max: 0.4, mean: 0, valid_fraction: 0.74 };
  const ofOneColor = (drawn: number) => {
    const pixels = new Uint8Array(400 * 100);
    for (let i = 0; i < drawn; i++) pixels.set([189, 215, 231, 255], i * 4);
    return pixels;
  };
  assert.equal(failure(() => checkPixels(ofOneColor(9), stats, sparse)), "passed"); // 0.09 %
  assert.equal(failure(() => checkPixels(ofOneColor(10), stats, sparse)), "colour not constant"); // 0.1 %
});

Deno.test("checkStructure() names what differs", () => {
  const { display: grid } = modelGrids({ westM: 0, southM: 0, eastM: 600_000, northM: 600_000 }, 1000, 1);
  using file = writeValueCog(field(grid.width, grid.height, new Float32Array(grid.width * grid.height)), grid);
  using dataset = Dataset.open(file.path, { drivers: ["GTiff"] });
  const expected: ExpectedStructure = {
    grid,
    bandCount: 1,
    dataType: "Float32",
    blockSizePx: 512,
    colors: ["Gray"],
    noData: NaN,
  };
  const check = (change: Partial<ExpectedStructure>) =>
    failure(() => checkStructure(dataset, { ...expected, ...change }));
  assert.equal(check({}), "passed");
  assert.equal(check({ bandCount: 4 }), "band count");
  assert.equal(check({ dataType: "Byte" }), "data type");
  assert.equal(check({ blockSizePx: 256 }), "block size");
  assert.equal(check({ colors: ["Red"] }), "colour");
  assert.equal(check({ noData: 0 }), "nodata");
  assert.equal(check({ grid: { ...grid, width: 601 } }), "size");
  assert.equal(check({ grid: { ...grid, westM: 1000 } }), "geotransform");
});

Deno.test("checkReadBack() wants every value as it was computed, NaN too", () => {
  const computed = Float32Array.of(0, NaN, 1.5, -2);
  checkReadBack(computed.slice(), computed);
  for (const [i, value] of [[0, -0], [1, 0], [2, 1.5000001], [3, NaN]] as const) {
    assert.equal(failure(() => checkReadBack(computed.with(i, value), computed)), "values as computed");
  }
});
