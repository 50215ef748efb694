import assert from "node:assert/strict";
import { field } from "./field.ts";
import { fieldStats } from "./stats.ts";
import { convertUnits } from "./units.ts";

Deno.test("convertUnits() turns K into °F", () => {
  const kelvin = field(5, 1, Float32Array.of(273.15, 255.372222, 310.15, 233.15, NaN));
  const { values } = convertUnits(kelvin, "K", "°F");
  [32, 0, 98.6, -40].forEach((expected, i) => assert.ok(Math.abs(values[i]! - expected) < 1e-4, `${values[i]}`));
  assert.ok(Number.isNaN(values[4]));
  assert.equal(kelvin.values[0], Math.fround(273.15), "the input is not changed");
});

Deno.test("fieldStats() counts zero and leaves NaN out", () => {
  assert.deepEqual(fieldStats(field(4, 1, Float32Array.of(0, NaN, -2, 8))), {
    min: -2,
    max: 8,
    mean: 2,
    valid_fraction: 0.75,
  });
  assert.equal(fieldStats(field(2, 1, Float32Array.of(NaN, NaN))), null);
});

Deno.test("field() refuses values that do not fill the shape", () => {
  assert.throws(() => field(2, 2, new Float32Array(3)), RangeError);
});
