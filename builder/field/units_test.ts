import assert from "node:assert/strict";
import { field } from "./field.ts";
import { fieldStats } from "../derive/stats.ts";
import { convertDifference, convertUnits } from "./units.ts";
import { windSpeed } from "../derive/wind.ts";

Deno.test("convertUnits() converts K to °F", () => {
  const kelvin = field(5, 1, Float32Array.of(273.15, 255.372222, 310.15, 233.15, NaN));
  const { values } = convertUnits(kelvin, "K", "°F");
  [32, 0, 98.6, -40].forEach((expected, i) => assert.ok(Math.abs(values[i]! - expected) < 1e-4, `${values[i]}`));
  assert.ok(Number.isNaN(values[4]));
  assert.equal(kelvin.values[0], Math.fround(273.15), "the input is not changed");
});

Deno.test("convertDifference() scales a difference without the offset of its unit", () => {
  assert.equal(convertDifference(10, "K", "°F"), 18);
  assert.equal(convertDifference(10, "K", "°C"), 10);
  assert.ok(Math.abs(convertDifference(25.4, "kg m-2", "in") - 1) < 1e-12);
});

Deno.test("fieldStats() counts zeros and ignores NaN", () => {
  assert.deepEqual(fieldStats(field(4, 1, Float32Array.of(0, NaN, -2, 8))), {
    min: -2,
    max: 8,
    mean: 2,
    valid_fraction: 0.75,
  });
  assert.equal(fieldStats(field(2, 1, Float32Array.of(NaN, NaN))), null);
});

Deno.test("field() refuses an array whose length is not width × height", () => {
  assert.throws(() => field(2, 2, new Float32Array(3)), RangeError);
});

Deno.test("convertUnits() converts the other pairs of the table, and refuses a pair that is not in it", () => {
  const one = field(1, 1, Float32Array.of(1));
  const converted = (from: Parameters<typeof convertUnits>[1], to: Parameters<typeof convertUnits>[2]) =>
    convertUnits(one, from, to).values[0]!;
  const expected = [
    [converted("m s-1", "mph"), 2.2369362921],
    [converted("kg m-2", "in"), 0.03937007874],
    [converted("m", "in"), 39.37007874],
    [converted("m", "mi"), 0.000621371192],
    [converted("Pa", "hPa"), 0.01],
    [converted("%", "%"), 1],
  ];
  for (const [actual, wanted] of expected) assert.ok(Math.abs(actual! / wanted! - 1) < 1e-6, `${actual} ${wanted}`);
  assert.throws(() => convertUnits(one, "K", "mph"), /no such pair/);
});

Deno.test("windSpeed() is 5 for components of ±3 and ±4, and missing where either component is missing", () => {
  const u = field(5, 1, Float32Array.of(3, -3, 0, NaN, 1));
  const v = field(5, 1, Float32Array.of(4, 4, -0, 1, NaN));
  assert.deepEqual([...windSpeed(u, v).values], [5, 5, 0, NaN, NaN]);
  assert.throws(() => windSpeed(u, field(1, 1, Float32Array.of(1))), RangeError);
});
