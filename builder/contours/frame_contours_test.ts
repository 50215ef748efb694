import assert from "node:assert/strict";
import { fieldStats } from "../derive/stats.ts";
import { gzipSync } from "node:zlib";
import { type ContourCollection, contourCollectionSchema } from "../../contract/contours.ts";
import type { Grid } from "../../contract/grid.ts";
import { latitude, longitude, mercatorX, mercatorY } from "../../contract/projection.ts";
import { type Field, field } from "../field/field.ts";
import { GateError } from "../gates/gate_error.ts";
import type { ContourSpec } from "../models/model.ts";
import { type ContourJob, type FrameContours, MAX_GZIPPED_BYTES, traceFrameContours } from "./frame_contours.ts";

const PIXEL_M = 3000;
const TOLERANCE_M = 1500;

/** A grid of three-kilometre pixels over the plains. */
function gridOf(width: number, height: number): Grid {
  const [westM, northM] = [-11_100_000, 5_100_000];
  return {
    westM,
    northM,
    eastM: westM + width * PIXEL_M,
    southM: northM - height * PIXEL_M,
    pixelSizeM: PIXEL_M,
    width,
    height,
  };
}

/** Makes a field from the column and row of each pixel. */
function fieldOf(width: number, height: number, value: (column: number, row: number) => number): Field {
  return field(
    width,
    height,
    Float32Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width))),
  );
}

const every = (step: number, key = "lines"): ContourSpec => ({ key, levels: { every: step }, units: "°F" });

function trace(...fields: readonly Omit<ContourJob, "range">[]): FrameContours & { collection: ContourCollection } {
  const { width, height } = fields[0]!.display;
  const jobs = fields.map((job) => ({ ...job, range: fieldStats(job.display) }));
  const contours = traceFrameContours(jobs, gridOf(width, height));
  const collection = contourCollectionSchema.parse(JSON.parse(new TextDecoder().decode(contours.bytes)));
  return { ...contours, collection };
}

const levelsOf = ({ features }: ContourCollection, key = "lines") =>
  [...new Set(features.filter(({ properties }) => properties.key === key).map(({ properties }) => properties.level))]
    .sort((a, b) => a - b);

/** Returns the position of a place in pixels: 0 is the centre of the first column and row. */
function pixelAt({ westM, northM }: Grid, [lon, lat]: readonly [number, number]): { x: number; y: number } {
  return { x: (mercatorX(lon) - westM) / PIXEL_M - 0.5, y: (northM - mercatorY(lat)) / PIXEL_M - 0.5 };
}

/** Returns the bilinear value at a position. */
function sample({ width, values, height }: Field, { x, y }: { x: number; y: number }): number {
  const [column, row] = [Math.min(Math.floor(x), width - 2), Math.min(Math.floor(y), height - 2)];
  const [across, down] = [x - column, y - row];
  const at = (dx: number, dy: number) => values[(row + dy) * width + column + dx]!;
  return (at(0, 0) * (1 - across) + at(1, 0) * across) * (1 - down) +
    (at(0, 1) * (1 - across) + at(1, 1) * across) * down;
}

Deno.test("traceFrameContours() draws a contour for every multiple of a step between the smallest and largest value", () => {
  // Columns from 0 to 99: smoothing lifts the first mean and lowers the last one.
  const { collection, summary } = trace({ spec: every(10), display: fieldOf(100, 60, (column) => column) });
  assert.deepEqual(levelsOf(collection), [10, 20, 30, 40, 50, 60, 70, 80, 90]);
  assert.deepEqual(summary, {
    lines: { levels: [10, 20, 30, 40, 50, 60, 70, 80, 90], units: "°F", smoothing_m: 12_000, tolerance_m: TOLERANCE_M },
  });
});

Deno.test("traceFrameContours() refuses more levels than a chart has, before it makes a list of them", () => {
  const display = fieldOf(100, 60, (column) => column * 1e9);
  assert.throws(
    () => trace({ spec: every(10), display }),
    (error: unknown) =>
      error instanceof GateError &&
      /rule "contour levels": measured [0-9]{9,}, allowed at most 100$/.test(error.message),
  );
});

Deno.test("traceFrameContours() refuses noise, in which contours are everywhere, whatever their levels", () => {
  let seed = 3;
  const random = () => (seed = Math.imul(seed, 1664525) + 1013904223 >>> 0) / 2 ** 32;
  const display = fieldOf(400, 300, () => random() * 100);
  assert.throws(
    () => trace({ spec: every(1), display }),
    /rule "contour crossings per 100 pixels": measured [0-9]+, allowed at most 15$/,
  );
});

Deno.test("traceFrameContours() refuses stripes as well, in which only columns or only rows are noise", () => {
  for (const along of ["rows", "columns"]) {
    const display = fieldOf(400, 300, (column, row) => (along === "rows" ? column : row) % 16 < 8 ? 0 : 90);
    assert.throws(
      () => trace({ spec: every(1), display }),
      /rule "contour crossings per 100 pixels": measured [0-9]+, allowed at most 15$/,
      along,
    );
  }
});

Deno.test("traceFrameContours() counts multiples from 0 in both directions", () => {
  const { collection } = trace({ spec: every(6), display: fieldOf(100, 60, (column) => column / 4 - 13) });
  assert.deepEqual(levelsOf(collection), [-12, -6, 0, 6]);
  assert.ok(
    !new TextDecoder().decode(trace({ spec: every(6), display: fieldOf(100, 60, (column) => column / 4 - 13) }).bytes)
      .includes("-0"),
  );
});

Deno.test("traceFrameContours() draws the levels of a list that the field crosses", () => {
  const spec: ContourSpec = { key: "iso32f", levels: [-40, 32, 55.5, 200], units: "°F" };
  const { collection, summary } = trace({ spec, display: fieldOf(100, 60, (column) => column) });
  assert.deepEqual(levelsOf(collection, "iso32f"), [32, 55.5]);
  assert.deepEqual(summary.iso32f!.levels, [32, 55.5]);
});

Deno.test("traceFrameContours() gives each contour the key, the level and the units of its set", () => {
  const display = fieldOf(100, 60, (column) => column);
  const { collection } = trace({ spec: { key: "iso32f", levels: [32], units: "°F" }, display });
  assert.equal(collection.features.length, 1);
  const [{ type, properties, geometry }] = collection.features as [ContourCollection["features"][0]];
  assert.deepEqual([type, geometry.type, properties], [
    "Feature",
    "LineString",
    { key: "iso32f", level: 32, units: "°F" },
  ]);
});

Deno.test("traceFrameContours() puts a contour where the value is, in longitude and latitude", () => {
  const grid = gridOf(100, 60);
  // The value of a pixel is at its centre: column 20 is 20.5 pixels from the west.
  const eastward = trace({ spec: every(20), display: fieldOf(100, 60, (column) => column) }).collection;
  for (const { properties, geometry } of eastward.features) {
    const expected = longitude(grid.westM + (properties.level + 0.5) * PIXEL_M);
    for (const [lon] of geometry.coordinates) {
      assert.ok(Math.abs(lon - expected) < 1e-4, `${lon}, expected ${expected}`);
    }
  }
  const southward = trace({ spec: every(20), display: fieldOf(100, 60, (_, row) => row) }).collection;
  assert.deepEqual([levelsOf(eastward), levelsOf(southward)], [[20, 40, 60, 80], [20, 40]]);
  for (const { properties, geometry } of southward.features) {
    const expected = latitude(grid.northM - (properties.level + 0.5) * PIXEL_M);
    for (const [, lat] of geometry.coordinates) {
      assert.ok(Math.abs(lat - expected) < 1e-4, `${lat}, expected ${expected}`);
    }
  }
});

const HILL_PX = 60;
/** A hill of height 60 in the middle, with a slope of at most 0.86 per pixel. */
const HILL = fieldOf(
  200,
  180,
  (column, row) => 60 * Math.exp(-((column - 99.5) ** 2 + (row - 89.5) ** 2) / HILL_PX ** 2),
);
/** Height that averaging takes from the top: σ²/2 times the curvature, 13.3 / 2 · 4 · 60 / 60². */
const TAKEN_BY_SMOOTHING = 0.45;
const STEEPEST_PER_PX = 60 / HILL_PX * Math.SQRT2 * Math.exp(-0.5);

Deno.test("traceFrameContours() keeps contours where the value is, within the errors of smoothing and simplifying", () => {
  const grid = gridOf(200, 180);
  const { collection } = trace({ spec: every(10), display: HILL });
  assert.deepEqual(levelsOf(collection), [10, 20, 30, 40, 50]);
  const simplifying = STEEPEST_PER_PX * TOLERANCE_M / PIXEL_M;
  for (const { properties: { level }, geometry: { coordinates } } of collection.features) {
    for (const [i, place] of coordinates.entries()) {
      const here = pixelAt(grid, place);
      const atVertex = sample(HILL, here);
      assert.ok(Math.abs(atVertex - level) <= TAKEN_BY_SMOOTHING, `${level}: ${atVertex} at vertex ${i}`);
      if (i === 0) continue;
      const before = pixelAt(grid, coordinates[i - 1]!);
      for (let part = 0.1; part < 1; part += 0.1) {
        const between = { x: before.x + (here.x - before.x) * part, y: before.y + (here.y - before.y) * part };
        const value = sample(HILL, between);
        assert.ok(Math.abs(value - level) <= TAKEN_BY_SMOOTHING + simplifying, `${level}: ${value} before vertex ${i}`);
      }
    }
  }
});

Deno.test("traceFrameContours() closes a contour around a hill, and simplifies it", () => {
  const { collection } = trace({ spec: { key: "lines", levels: [30], units: "°F" }, display: HILL });
  assert.equal(collection.features.length, 1);
  const { coordinates } = collection.features[0]!.geometry;
  assert.deepEqual(coordinates[0], coordinates.at(-1));
  // The contour has a radius of 150 km: traced from pixel to pixel it would have about 400 points.
  assert.ok(coordinates.length > 8 && coordinates.length < 60, `${coordinates.length} points`);
});

Deno.test("traceFrameContours() rounds coordinates to four decimals", () => {
  const { bytes, collection } = trace({ spec: every(5), display: HILL });
  const numbers = collection.features.flatMap(({ geometry }) => geometry.coordinates.flat());
  assert.ok(numbers.length > 100);
  for (const degrees of numbers) assert.match(String(degrees), /^-?[0-9]{1,3}(\.[0-9]{1,4})?$/);
  assert.ok(numbers.some((degrees) => /\.[0-9]{4}$/.test(String(degrees))));
  assert.doesNotMatch(new TextDecoder().decode(bytes), /[0-9]\.[0-9]{5}/);
});

Deno.test("traceFrameContours() draws no contour that is shorter than 100 km", () => {
  // The contours of level 20 are circles with a radius of about 11 km and of about 46 km.
  const bump = (sizePx: number) =>
    fieldOf(80, 80, (column, row) => 100 * Math.exp(-((column - 40) ** 2 + (row - 40) ** 2) / sizePx ** 2));
  const spec: ContourSpec = { key: "lines", levels: [20], units: "°F" };
  assert.deepEqual(trace({ spec, display: bump(3) }).collection.features, []);
  assert.equal(trace({ spec, display: bump(12) }).collection.features.length, 1);
});

Deno.test("traceFrameContours() smooths details that are smaller than the averaged square", () => {
  // A chequered plane: unsmoothed, its contours would run around each pixel near the level.
  const chequered = fieldOf(100, 60, (column, row) => column + ((column + row) % 2 === 0 ? 20 : -20));
  const { collection } = trace({ spec: { key: "lines", levels: [50], units: "°F" }, display: chequered });
  assert.equal(collection.features.length, 1);
  for (const place of collection.features[0]!.geometry.coordinates) {
    assert.ok(Math.abs(pixelAt(gridOf(100, 60), place).x - 50) < 1);
  }
});

Deno.test("traceFrameContours() ends contours where values are missing", () => {
  const grid = gridOf(100, 90);
  const display = fieldOf(100, 90, (column, row) => row >= 40 && row < 50 ? NaN : column);
  const { collection } = trace({ spec: every(20), display });
  assert.deepEqual(levelsOf(collection), [20, 40, 60, 80]);
  assert.equal(collection.features.length, 8);
  for (const { geometry } of collection.features) {
    for (const place of geometry.coordinates) {
      const { y } = pixelAt(grid, place);
      assert.ok(y < 40 || y > 49, `a vertex in row ${y}`);
    }
    const rows = geometry.coordinates.map((place) => pixelAt(grid, place).y);
    assert.ok(Math.max(...rows) < 40 || Math.min(...rows) > 49, "a line that crosses the gap");
  }
});

const EMPTY: ContourCollection = { type: "FeatureCollection", features: [] };

Deno.test("traceFrameContours() returns an empty collection when the field crosses no level", () => {
  const fields = {
    "between two levels": fieldOf(40, 40, (column) => 41 + column / 100),
    "constant": fieldOf(40, 40, () => 45),
    "missing": fieldOf(40, 40, () => NaN),
  };
  for (const [what, display] of Object.entries(fields)) {
    const { collection, summary } = trace({ spec: every(10), display });
    assert.deepEqual(collection, EMPTY, what);
    assert.deepEqual(summary.lines!.levels, [], what);
    assert.equal(summary.lines!.tolerance_m, TOLERANCE_M);
  }
});

Deno.test("traceFrameContours() keeps sets of contours apart, on one field and on two", () => {
  const display = fieldOf(100, 60, (column) => column);
  const heights = fieldOf(100, 60, (_, row) => row);
  const { collection, summary } = trace(
    { spec: { key: "iso32f", levels: [32, 40], units: "°F" }, display },
    { spec: every(20, "every20"), display },
    { spec: { key: "every25m", levels: { every: 25 }, units: "dam" }, display: heights },
  );
  assert.deepEqual(levelsOf(collection, "iso32f"), [32, 40]);
  assert.deepEqual(levelsOf(collection, "every20"), [20, 40, 60, 80]);
  assert.deepEqual(levelsOf(collection, "every25m"), [25, 50]);
  assert.deepEqual(
    Object.entries(summary).map(([key, { levels, units }]) => [key, levels, units]),
    [["iso32f", [32, 40], "°F"], ["every20", [20, 40, 60, 80], "°F"], ["every25m", [25, 50], "dam"]],
  );
  assert.deepEqual(
    collection.features.map(({ properties }) => properties.key).filter((key, i, all) => key !== all[i - 1]),
    [
      "iso32f",
      "every20",
      "every25m",
    ],
  );
});

/** Generates numbers from 0 to 1, the same in each run. */
function* randomNumbers(seed: number): Generator<number, never> {
  for (let state = seed;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

Deno.test("traceFrameContours() simplifies further until the contours are small enough, and reports the tolerance", () => {
  const random = randomNumbers(1);
  const display = fieldOf(600, 500, () => random.next().value * 100);
  // Six sets of contours on one field: six times the size for little more work.
  const jobs = Array.from({ length: 6 }, (_, i) => ({ spec: every(2.5, `set${i}`), display }));
  const few = trace(...jobs.slice(0, 1));
  assert.equal(few.summary.set0!.tolerance_m, TOLERANCE_M);
  const { bytes, collection, summary } = trace(...jobs);
  assert.ok(gzipSync(bytes).length <= MAX_GZIPPED_BYTES, `${gzipSync(bytes).length} bytes`);
  const tolerances = new Set(Object.values(summary).map(({ tolerance_m }) => tolerance_m));
  assert.equal(tolerances.size, 1);
  const [toleranceM] = [...tolerances] as [number];
  // 1.6 times the first tolerance, once or several times.
  assert.ok([2400, 3840, 6144, 9830, 15_729].includes(toleranceM), String(toleranceM));
  assert.ok(collection.features.length > 100, "lines are left");
  const points = ({ features }: ContourCollection) =>
    features.filter(({ properties }) => properties.key === "set0").reduce(
      (sum, { geometry }) => sum + geometry.coordinates.length,
      0,
    );
  assert.ok(points(collection) < points(few.collection));
});

Deno.test("traceFrameContours() gives the same bytes for the same field", () => {
  const job = { spec: every(10), display: HILL };
  assert.deepEqual(trace(job).bytes, trace(job).bytes);
});
