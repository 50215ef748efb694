import assert from "node:assert/strict";
import { modelGrid } from "../../contract/grid.ts";
import { toMercator } from "../../contract/projection.ts";
import type { Stats } from "../../contract/sidecar.ts";
import { field } from "../field/field.ts";
import { valueCogBytes } from "../../tests/support/value_cog_bytes.ts";
import { Dataset } from "../gdal/dataset.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { MemoryFile } from "../gdal/memory_file.ts";
import { GateError } from "./gate_error.ts";
import { checkPixels, type PixelExpectations } from "./pixels.ts";
import { checkRange, checkReach, checkSpikes } from "./values.ts";
import { checkCrossings, checkLevelCount, checkLines } from "./lines.ts";
import { checkStructure, type ExpectedStructure } from "./structure.ts";

const STATS: Stats = { min: 10, max: 80, mean: 40, valid_fraction: 0.7 };
const TEMPERATURE: PixelExpectations = {
  isSparse: false,
  reachedShare: 0.74,
  physicalRange: [-72.5, 155],
  tolerance: 0.1,
  endColors: [[0, 0, 255], [69, 138, 186]],
};

/** Makes an image of 100 pixels: a share of them is opaque, in the colours that `color` gives. */
function picture(
  share: number,
  color: (i: number) => [number, number, number] = (i) => [i, 2 * i, 255 - i],
): Uint8Array {
  const pixels = new Uint8Array(400);
  for (let i = 0; i < 100 * share; i++) pixels.set([...color(i), 255], i * 4);
  return pixels;
}

/** Counts the colours of an image and checks it. */
function checkImage(rgba: Uint8Array, stats: Stats | null, expected: PixelExpectations): void {
  const words = new Uint32Array(rgba.slice().buffer);
  const colors = Uint32Array.from(new Set([0, ...words]));
  const uses = Uint32Array.from(colors, (color) => words.filter((word) => word === color).length);
  checkPixels(uses, colors, stats, expected);
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
  assert.equal(failure(() => checkImage(picture(0.74), STATS, TEMPERATURE)), "passed");
});

Deno.test("checkPixels() names the rule that each kind of damage breaks", () => {
  const check = (rgba: Uint8Array, stats: Stats | null = STATS, expected = TEMPERATURE) =>
    failure(() => checkImage(rgba, stats, expected));
  assert.equal(check(picture(0.05)), "alpha coverage");
  assert.equal(check(picture(0)), "alpha coverage");
  assert.equal(check(picture(1)), "alpha coverage");
  assert.equal(check(picture(1), STATS, { ...TEMPERATURE, reachedShare: 1 }), "passed");
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

const SPARSE: PixelExpectations = {
  isSparse: true,
  reachedShare: 0.74,
  physicalRange: [0, 80],
  tolerance: 0,
  endColors: null,
};
const DRY: Stats = { min: 0, max: 0, mean: 0, valid_fraction: 0.74 };
const GREEN = [2, 253, 2] as const;
const DARK_GREEN = [1, 197, 1] as const;

Deno.test("checkPixels() passes a sparse frame that is dry, and one that has only rain", () => {
  const discrete = SPARSE;
  assert.equal(failure(() => checkImage(picture(0), DRY, discrete)), "passed");
  const rainOnly = picture(0.01, () => [...GREEN]);
  rainOnly.set([...DARK_GREEN, 255], 4);
  const expected: PixelExpectations = { ...discrete, endColors: [GREEN, DARK_GREEN] };
  assert.equal(failure(() => checkImage(rainOnly, { ...STATS, min: 5, max: 30 }, expected)), "passed");
});

Deno.test("checkPixels() checks the values of a sparse frame whose image is empty", () => {
  const check = (stats: Stats, expected = SPARSE) => failure(() => checkImage(picture(0), stats, expected));
  assert.equal(check({ ...DRY, valid_fraction: 1 }), "value coverage", "a source that fills nothing like this");
  assert.equal(check({ ...DRY, valid_fraction: 1 }, { ...SPARSE, reachedShare: 1 }), "passed");
  assert.equal(check({ ...DRY, valid_fraction: 0.04 }), "nodata ratio");
  assert.equal(check({ ...DRY, max: 81 }), "value range");
});

Deno.test("checkPixels() decides by the values whether an image of one colour is weather", () => {
  const light: Stats = { min: 0, max: 0.4, mean: 0, valid_fraction: 0.74 };
  const ofOneColor = picture(0.3, () => [189, 215, 231]);
  const check = (rgba: Uint8Array, endColors: PixelExpectations["endColors"], expected = SPARSE) =>
    failure(() => checkImage(rgba, light, { ...expected, endColors }));
  const pale = [189, 215, 231] as const;
  assert.equal(check(ofOneColor, [pale, pale]), "passed", "a first inch of snow over three states");
  assert.equal(check(ofOneColor, [pale, [8, 81, 156]]), "colour not constant", "values of two colours, and one drawn");
  assert.equal(check(ofOneColor, [pale, [189, 215, 232]]), "colour not constant", "blue alone should vary");
  assert.equal(check(ofOneColor, null), "image matches values", "drawn, and no value is");
  assert.equal(check(picture(0), [pale, pale]), "image matches values", "not drawn, and a value is");
});

Deno.test("checkPixels() allows the error that packing adds at either end of the range", () => {
  const check = (stats: Partial<Stats>, tolerance: number) =>
    failure(() => checkImage(picture(0), { ...DRY, ...stats }, { ...SPARSE, tolerance }));
  assert.equal(check({ min: -1e-6 }, 0), "value range");
  assert.equal(check({ min: -1e-6 }, 1e-3), "passed");
  assert.equal(check({ max: 80.0005 }, 1e-3), "passed");
  assert.equal(check({ max: 80.002 }, 1e-3), "value range");
});

Deno.test("checkRange() names the measured and the allowed values", () => {
  assert.equal(failure(() => checkRange(STATS, [-72.5, 155], 0)), "passed");
  assert.throws(
    () => checkRange({ ...STATS, max: 25_000 }, [-72.5, 155], 0.1),
    /measured 10 … 25000, allowed -72.5 … 155/,
  );
  assert.equal(failure(() => checkRange({ ...STATS, max: Infinity }, [-72.5, 155], 0)), "value range");
  assert.equal(failure(() => checkRange({ ...STATS, min: NaN }, [-72.5, 155], 0)), "value range");
});

Deno.test("checkSpikes() finds a single cell that stands out, and passes slopes, coasts and edges", () => {
  const size = 6;
  const of = (value: (row: number, column: number) => number) =>
    field(size, size, Float32Array.from({ length: size * size }, (_, i) => value(Math.floor(i / size), i % size)));
  const check = (f: ReturnType<typeof of>, maxSpike = 10) => failure(() => checkSpikes(f, maxSpike));
  const spike = (row: number, column: number, height: number) =>
    of((r, c) => (r === row && c === column ? height : 0.5));
  assert.equal(check(spike(2, 3, 17.8)), "value among its neighbours");
  assert.equal(check(spike(2, 3, -17.8)), "value among its neighbours");
  assert.equal(check(spike(2, 3, 10.4)), "passed", "as much as the weather does");
  assert.equal(check(of((row) => row * 100)), "passed", "a slope");
  assert.equal(check(of((_, column) => column < 3 ? 0 : 500)), "passed", "an edge");
  assert.equal(check(of((row, column) => (row === 2 && column > 1 && column < 4 ? 500 : 0))), "passed", "two together");
  assert.equal(
    check(of((row, column) => (row === 2 && column === 2 ? 500 : NaN))),
    "passed",
    "alone among missing ones",
  );
});

Deno.test("checkReach() accepts only the model's share of the display grid", () => {
  assert.equal(failure(() => checkReach(0.7401, 0.74)), "passed");
  assert.equal(failure(() => checkReach(0.08, 0.74)), "reach of the source grid");
  assert.equal(failure(() => checkReach(1, 0.74)), "reach of the source grid");
});

Deno.test("checkStructure() names the property that differs", () => {
  const grid = modelGrid({ westM: 0, southM: 0, eastM: 600_000, northM: 600_000 }, 1000, 1);
  using file = MemoryFile.of(
    valueCogBytes(field(grid.width, grid.height, new Float32Array(grid.width * grid.height)), grid),
    "tif",
  );
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

Deno.test("checkStructure() requires overviews", async () => {
  await using folder = await tempDir();
  const grid = modelGrid({ westM: 0, southM: 0, eastM: 600_000, northM: 600_000 }, 1000, 1);
  using file = MemoryFile.of(
    valueCogBytes(field(grid.width, grid.height, new Float32Array(grid.width * grid.height)), grid),
    "tif",
  );
  const path = `${folder.path}/without.tif`;
  {
    using dataset = Dataset.open(file.path, { drivers: ["GTiff"] });
    dataset.copyTo(path, "COG", { COMPRESS: "DEFLATE", BLOCKSIZE: "512", OVERVIEWS: "NONE" });
  }
  using dataset = Dataset.open(path, { drivers: ["GTiff"] });
  const expected: ExpectedStructure = {
    grid,
    bandCount: 1,
    dataType: "Float32",
    blockSizePx: 512,
    colors: ["Gray"],
    noData: NaN,
  };
  assert.equal(failure(() => checkStructure(dataset, expected)), "overviews");
});

Deno.test("checkLevelCount() and checkCrossings() refuse more contours than a readable map has", () => {
  assert.equal(failure(() => checkLevelCount(100)), "passed");
  assert.equal(failure(() => checkLevelCount(101)), "contour levels");
  assert.equal(failure(() => checkCrossings(150, 500, 1000)), "passed");
  assert.equal(failure(() => checkCrossings(151, 500, 1000)), "contour crossings per 100 pixels");
});

Deno.test("checkLines() requires the key, units and level of a set, and positions within the grid", () => {
  const box = toMercator({ west: -110, south: 30, east: -90, north: 45 });
  const summary = { lines: { levels: [10, 20], units: "°F", smoothing_m: 12_000, tolerance_m: 1500 } };
  const line = (change: { properties?: object; coordinates?: unknown }) => {
    const properties = { key: "lines", level: 10, units: "°F", ...change.properties };
    const geometry = { type: "LineString", coordinates: change.coordinates ?? [[-110, 30], [-90, 45.00004]] };
    const collection = { type: "FeatureCollection", features: [{ type: "Feature", properties, geometry }] };
    return failure(() => checkLines(new TextEncoder().encode(JSON.stringify(collection)), box, summary));
  };
  assert.equal(line({}), "passed");
  assert.equal(line({ properties: { key: "others" } }), "contour level");
  assert.equal(line({ properties: { level: 15 } }), "contour level");
  assert.equal(line({ properties: { units: "°C" } }), "contour level");
  assert.equal(line({ coordinates: [[-100, 40]] }), "contour positions");
  for (const outside of [[-110.001, 40], [-89.999, 40], [-100, 29.999], [-100, 45.001], [null, 40], [-100, null]]) {
    assert.equal(line({ coordinates: [[-100, 40], outside] }), "contour position", String(outside));
  }
  const notJson = new TextEncoder().encode('{"features":[{"geometry":{"coordinates":[[NaN,40]]}}]}');
  assert.equal(failure(() => checkLines(notJson, box, summary)), "contour file");
});
