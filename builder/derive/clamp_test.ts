import assert from "node:assert/strict";
import { clampToFloor } from "./clamp.ts";
import { field } from "../field/field.ts";

Deno.test("clampToFloor() raises and counts values within the tolerance, and keeps lower ones", () => {
  const source = field(5, 1, Float32Array.of(-1e-6, 0, NaN, -0.5, 3));
  const { field: raised, clampedCells } = clampToFloor(source, 0, 1e-3);
  assert.deepEqual([...raised.values], [0, 0, NaN, -0.5, 3]);
  assert.equal(clampedCells, 1);
  assert.ok(Math.abs(source.values[0]! + 1e-6) < 1e-12, "the input is not changed");
});

Deno.test("clampToFloor() returns the same field when no value is below the floor", () => {
  const source = field(2, 1, Float32Array.of(0, NaN));
  assert.equal(clampToFloor(source, 0, 1).field, source);
});
