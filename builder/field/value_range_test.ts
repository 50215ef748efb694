import assert from "node:assert/strict";
import { field } from "./field.ts";
import { valueRange } from "./value_range.ts";

Deno.test("valueRange() returns the smallest and the largest value, without missing ones", () => {
  assert.deepEqual(valueRange(field(5, 1, Float32Array.of(NaN, 3, -2.5, NaN, 1))), { min: -2.5, max: 3 });
  assert.deepEqual(valueRange(field(1, 1, Float32Array.of(7))), { min: 7, max: 7 });
  assert.equal(valueRange(field(2, 1, Float32Array.of(NaN, NaN))), null);
});
