import assert from "node:assert/strict";
import type { SourceGeometry } from "../grib/geometry.ts";
import { field } from "../field/field.ts";
import { absoluteVorticity } from "./vorticity.ts";

/** Returns a grid whose row 0 has its centre at `firstLatitude`, with rows of half a degree by default. */
const from = (firstLatitude: number, stepDeg = 0.5): SourceGeometry => ({
  geoTransform: [-180.25, 0.5, 0, firstLatitude + stepDeg / 2, 0, -stepDeg],
  projection: "+proj=longlat +R=6371229 +no_defs",
});

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-10, `${actual}, expected ${expected}`);
}

Deno.test("absoluteVorticity() adds 7.292e-5 s-1 at 30° N, twice that at the pole and 0 at the equator", () => {
  const at = (latitude: number, relative = 0) =>
    absoluteVorticity(field(1, 1, Float32Array.of(relative)), from(latitude)).values[0]!;
  near(at(30), 7.292115e-5);
  near(at(90), 14.58423e-5);
  near(at(0), 0);
  near(at(-30), -7.292115e-5);
  near(at(45), 14.58423e-5 * Math.SQRT1_2);
  near(at(30, 2e-5), 9.292115e-5);
  near(at(30, -1e-4), -2.707885e-5);
});

Deno.test("absoluteVorticity() uses the latitude of each row for all its columns", () => {
  const { values, width, height } = absoluteVorticity(field(3, 121, new Float32Array(363)), from(30));
  assert.deepEqual([width, height], [3, 121]);
  const row = (index: number) => [...values.slice(3 * index, 3 * index + 3)];
  for (const [index, expected] of [[0, 7.292115e-5], [60, 0], [120, -7.292115e-5]] as const) {
    row(index).forEach((value) => near(value, expected));
  }
  near(values[3 * 20]!, 14.58423e-5 * Math.sin(20 * Math.PI / 180));
});

Deno.test("absoluteVorticity() is right when rows run from south to north", () => {
  const { values } = absoluteVorticity(field(1, 2, new Float32Array(2)), from(0, -30));
  near(values[0]!, 0);
  near(values[1]!, 7.292115e-5);
});

Deno.test("absoluteVorticity() keeps missing cells missing, and does not change its input", () => {
  const relative = field(3, 1, Float32Array.of(NaN, 0, NaN));
  const { values } = absoluteVorticity(relative, from(30));
  assert.deepEqual([...values].map(Number.isNaN), [true, false, true]);
  assert.deepEqual([...relative.values], [NaN, 0, NaN]);
});

Deno.test("absoluteVorticity() refuses a grid whose rows are not parallels of latitude", () => {
  const lambert = { ...from(30), projection: "+proj=lcc +lat_1=38.5 +lat_2=38.5 +lat_0=38.5 +lon_0=-97.5 +R=6371229" };
  assert.throws(
    () => absoluteVorticity(field(1, 1, Float32Array.of(0)), lambert),
    /^RangeError: Cannot add the earth's rotation on "\+proj=lcc/,
  );
});
