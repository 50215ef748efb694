import assert from "node:assert/strict";
import { field } from "../field/field.ts";
import { snowDepth } from "./snow_depth.ts";

const of = (...values: number[]) => field(values.length, 1, Float32Array.from(values));
const depths = (mass: number[], density: number[]) => [...snowDepth(of(...mass), of(...density)).values];

Deno.test("snowDepth() is mass over density", () => {
  assert.deepEqual(depths([100, 50, 1, 10_000], [250, 100, 400, 400]), [
    Math.fround(0.4),
    0.5,
    Math.fround(0.0025),
    25,
  ]);
});

Deno.test("snowDepth() is 0 where there is no mass, for any density", () => {
  assert.deepEqual(depths([0, 0, 0, -0, -0.001], [100, NaN, 0, 300, 300]), [0, 0, 0, 0, 0]);
});

Deno.test("snowDepth() is missing where the mass is missing, or the density of existing snow is", () => {
  assert.deepEqual(depths([NaN, NaN, 10], [100, NaN, NaN]), [NaN, NaN, NaN]);
});

Deno.test("snowDepth() keeps the shape, does not change its inputs, and refuses two grids", () => {
  const mass = field(2, 2, Float32Array.of(0, 1, 2, 3));
  const density = field(2, 2, Float32Array.of(100, 100, 100, 100));
  const depth = snowDepth(mass, density);
  assert.deepEqual([depth.width, depth.height], [2, 2]);
  assert.deepEqual([...mass.values, ...density.values], [0, 1, 2, 3, 100, 100, 100, 100]);
  assert.throws(() => snowDepth(mass, field(4, 1, new Float32Array(4))), RangeError);
});
