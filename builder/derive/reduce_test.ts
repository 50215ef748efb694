import assert from "node:assert/strict";
import fc from "fast-check";
import { field } from "../field/field.ts";
import { reducedSize } from "../../contract/pyramid.ts";
import { reduceField } from "./reduce.ts";

const of = (width: number, ...values: number[]) => field(width, values.length / width, Float32Array.from(values));

Deno.test("reduceField() returns the mean of the valid pixels of a continuous field", () => {
  const source = of(4, 1, 2, 10, 20, 3, 6, 30, 40);
  assert.deepEqual([...reduceField(source, 2, 1, "continuous").values], [3, 25]);
});

Deno.test("reduceField() ignores missing neighbours in the mean and never counts them as zero", () => {
  const source = of(2, NaN, NaN, NaN, 8);
  assert.deepEqual([...reduceField(source, 1, 1, "continuous").values], [8]);
});

Deno.test("reduceField() is missing exactly where the pixel at the centre is missing", () => {
  assert.deepEqual([...reduceField(of(2, 1, 2, 3, NaN), 1, 1, "continuous").values], [NaN]);
  assert.deepEqual([
    ...reduceField(
      of(4, NaN, NaN, 5, NaN, NaN, NaN, NaN, NaN, NaN, NaN, 9, NaN, NaN, NaN, NaN, NaN),
      1,
      1,
      "continuous",
    ).values,
  ], [7]);
});

Deno.test("reduceField() returns the pixel at the centre of a discrete field unchanged", () => {
  const source = of(4, ...Array.from({ length: 16 }, (_, i) => i));
  assert.deepEqual([...reduceField(source, 1, 1, "discrete").values], [10]);
  assert.deepEqual([...reduceField(source, 2, 2, "discrete").values], [5, 7, 13, 15]);
});

Deno.test("reduceField() keeps values within the source's range when sizes do not divide evenly", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 5 }),
      (width, height, factor) => {
        const size = reducedSize({ width, height }, factor);
        const constant = reduceField(
          field(width, height, new Float32Array(width * height).fill(7)),
          size.width,
          size.height,
          "continuous",
        );
        assert.ok(constant.values.every((value) => value === 7));
        const ramp = field(
          width,
          height,
          Float32Array.from({ length: width * height }, (_, i) => i),
        );
        const reduced = reduceField(ramp, size.width, size.height, "continuous").values;
        assert.ok(reduced.every((value) => value >= 0 && value <= width * height - 1));
        if (factor === 1) assert.deepEqual(reduced, ramp.values);
      },
    ),
  );
});

Deno.test("reduceField() refuses to enlarge", () => {
  assert.throws(() => reduceField(of(2, 1, 2), 3, 1, "continuous"), RangeError);
  assert.throws(() => reduceField(of(2, 1, 2), 0, 1, "continuous"), RangeError);
});
