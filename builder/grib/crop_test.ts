import assert from "node:assert/strict";
import type { LonLatBox } from "../../contract/projection.ts";
import { CONUS } from "../../contract/models.ts";
import { field } from "../field/field.ts";
import { cropAround } from "./crop.ts";
import type { SourceGeometry } from "./geometry.ts";

/** 12 × 10 cells of 1° from 100° W and 50° N. The value of a cell is its row and column: 203 is row 2, column 3. */
const GEOMETRY: SourceGeometry = {
  geoTransform: [-100, 1, 0, 50, 0, -1],
  projection: "+proj=longlat +R=6371229 +no_defs",
};
const FIELD = field(12, 10, Float32Array.from({ length: 120 }, (_, i) => Math.floor(i / 12) * 100 + i % 12));

const crop = (box: LonLatBox, geometry = GEOMETRY, source = FIELD) => cropAround(source, geometry, box);

/** Size, first and last cell, and north-west corner of a cropped field. */
function summary({ field, geometry }: ReturnType<typeof cropAround>) {
  assert.equal(field.values.length, field.width * field.height);
  const [west, , , north] = geometry.geoTransform;
  return { size: [field.width, field.height], cells: [field.values[0], field.values.at(-1)], corner: [west, north] };
}

Deno.test("cropAround() keeps the cells of a box and two more on each side", () => {
  // Columns 4 to 6 and rows 3 to 5 touch the box.
  const cropped = crop({ west: -95.5, east: -93.5, north: 46.5, south: 44.5 });
  assert.deepEqual(summary(cropped), { size: [7, 7], cells: [102, 708], corner: [-98, 49] });
  assert.deepEqual([...cropped.field.values.slice(0, 7)], [102, 103, 104, 105, 106, 107, 108]);
  assert.deepEqual([...cropped.field.values.slice(7, 9)], [202, 203]);
  assert.deepEqual(cropped.geometry, { ...GEOMETRY, geoTransform: [-98, 1, 0, 49, 0, -1] });
});

Deno.test("cropAround() does not count a cell that only touches an edge of the box as a cell of the box", () => {
  // The box is columns 4 and 5 and rows 3 and 4.
  assert.deepEqual(summary(crop({ west: -96, east: -94, north: 47, south: 45 })), {
    size: [6, 6],
    cells: [102, 607],
    corner: [-98, 49],
  });
});

Deno.test("cropAround() stops at the edges of the field", () => {
  assert.deepEqual(summary(crop({ west: -99.5, east: -98.5, north: 49.5, south: 48.5 })), {
    size: [4, 4],
    cells: [0, 303],
    corner: [-100, 50],
  });
  assert.deepEqual(summary(crop({ west: -88.5, east: -80, north: 41.5, south: -90 })), {
    size: [3, 4],
    cells: [609, 911],
    corner: [-91, 44],
  });
});

Deno.test("cropAround() keeps all cells when the box contains the field", () => {
  const { field, geometry } = crop({ west: -180, east: 180, north: 90, south: -90 });
  assert.deepEqual(field, FIELD);
  assert.deepEqual(geometry, GEOMETRY);
});

Deno.test("cropAround() does not change the field that it crops", () => {
  const before = FIELD.values.slice();
  const { field } = crop({ west: -95.5, east: -93.5, north: 46.5, south: 44.5 });
  field.values.fill(-1);
  assert.deepEqual(FIELD.values, before);
});

Deno.test("cropAround() keeps missing cells missing, zeros zero and the signs of zeros", () => {
  const values = new Float32Array(120).fill(5);
  values.set([NaN, 0, -0], 3 * 12 + 4);
  const { field: cropped } = crop({ west: -95.5, east: -93.5, north: 46.5, south: 44.5 }, GEOMETRY, {
    width: 12,
    height: 10,
    values,
  });
  assert.deepEqual([...cropped.values.slice(2 * 7 + 1, 2 * 7 + 6)], [5, NaN, 0, -0, 5]);
});

Deno.test("cropAround() refuses a field that does not reach the box, or only its margin", () => {
  const beyond: LonLatBox[] = [
    { west: 10, east: 20, north: 45, south: 44 },
    { west: -150, east: -120, north: 45, south: 44 },
    { west: -95, east: -94, north: -10, south: -20 },
    { west: -95, east: -94, north: 90, south: 80 },
    { west: -87, east: -80, north: 45, south: 44 }, // the field reaches one column of the margin
  ];
  for (const box of beyond) {
    const words = /^BadGribError: Wrong grid: the field from -100° east and 50° north does not reach the model's box$/;
    assert.throws(() => crop(box), words, JSON.stringify(box));
  }
});

Deno.test("cropAround() returns a Lambert field unchanged", () => {
  const geometry: SourceGeometry = {
    geoTransform: [-2699020, 3000, 0, 1588193, 0, -3000],
    projection: "+proj=lcc +lat_1=38.5 +lat_2=38.5 +lat_0=38.5 +lon_0=-97.5 +R=6371229 +units=m +no_defs",
  };
  const cropped = crop({ west: 10, east: 20, north: 45, south: 44 }, geometry);
  assert.equal(cropped.field, FIELD);
  assert.equal(cropped.geometry, geometry);
});

Deno.test("cropAround() cuts the coverage out of a global field of a quarter of a degree", () => {
  // GFS as GDAL reads it: 1440 × 721 cells, centred on multiples of 0.25° from 180° W and 90° N on.
  const geometry: SourceGeometry = { ...GEOMETRY, geoTransform: [-180.125, 0.25, 0, 90.125, 0, -0.25] };
  const values = Float32Array.from({ length: 1440 * 721 }, (_, i) => i);
  const { field: cropped, geometry: { geoTransform } } = crop(CONUS, geometry, field(1440, 721, values));
  // Columns (−134 + 180.125) · 4 = 184.5 and (−60 + 180.125) · 4 = 480.5,
  // rows (90.125 − 53) · 4 = 148.5 and (90.125 − 21) · 4 = 276.5.
  const [left, right, top, bottom] = [182, 483, 146, 279];
  assert.deepEqual([cropped.width, cropped.height], [right - left, bottom - top]);
  assert.deepEqual(geoTransform, [-180.125 + left / 4, 0.25, 0, 90.125 - top / 4, 0, -0.25]);
  assert.equal(cropped.values[0], top * 1440 + left);
  assert.equal(cropped.values.at(-1), (bottom - 1) * 1440 + right - 1);
});

Deno.test("cropAround() returns the same cells at whichever longitude a global field begins", () => {
  const box: LonLatBox = { west: -134, east: -60, north: 53, south: 21 };
  const of = (firstLonDeg: number) => {
    // The value of a cell is the longitude of its centre, from 0 to 359, plus 1000 times its row.
    const values = Float32Array.from(
      { length: 360 * 181 },
      (_, i) => (((firstLonDeg + i % 360) % 360) + 360) % 360 + Math.floor(i / 360) * 1000,
    );
    const west = firstLonDeg >= 180 ? firstLonDeg - 360 : firstLonDeg;
    const projection = "+proj=longlat +R=6371229 +no_defs";
    return cropAround(field(360, 181, values), { geoTransform: [west - 0.5, 1, 0, 90.5, 0, -1], projection }, box);
  };
  const expected = of(-180);
  assert.equal(expected.field.values[0], 35 * 1000 + 224); // 55° N 136° W
  for (const first of [0, 20, 180, 250, 359, -1, -100]) {
    const cropped = of(first);
    assert.deepEqual(cropped.field, expected.field, String(first));
    const [west, , , north] = cropped.geometry.geoTransform;
    assert.deepEqual([west, north], [-136.5, 55.5], String(first));
  }
});
