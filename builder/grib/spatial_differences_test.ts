import assert from "node:assert/strict";
import { BadGribError } from "./messages.ts";
import { DifferenceSums } from "./spatial_differences.ts";

const SQUARES = [100, 101, 104, 109, 116, 125];

Deno.test("DifferenceSums sums first and second differences, also in parts", () => {
  const cases = [
    { first: [100], differences: [0, 1, 3, 5, 7, 9], smallest: 1 },
    { first: [100, 101], differences: [0, 0, 2, 2, 2, 2], smallest: -3 },
  ];
  for (const { first, differences, smallest } of cases) {
    const packed = differences.map((difference, i) => i < first.length ? 12 : difference - smallest);
    for (let split = 0; split <= packed.length; split++) {
      const sums = new DifferenceSums({ first, smallest });
      const parts = [Float64Array.from(packed.slice(0, split)), Float64Array.from(packed.slice(split))];
      parts.forEach((part) => sums.replace(part));
      assert.deepEqual(parts.flatMap((part) => [...part]), SQUARES, `order ${first.length}, split at ${split}`);
    }
  }
});

Deno.test("DifferenceSums leaves missing values out of the sums, also before and between the first values", () => {
  const part = Float64Array.of(NaN, 0, NaN, 0, NaN, 2, NaN, 2);
  new DifferenceSums({ first: [100, 101], smallest: 0 }).replace(part);
  assert.deepEqual([...part], [NaN, 100, NaN, 101, NaN, 104, NaN, 109]);
});

Deno.test("DifferenceSums refuses sums that are larger than any packed integer, in either direction", () => {
  const largest = 2 ** 33;
  const sum = (step: number) => {
    const part = Float64Array.of(0, step);
    new DifferenceSums({ first: [0], smallest: 0 }).replace(part);
    return part[1];
  };
  assert.equal(sum(largest), largest);
  assert.equal(sum(-largest), -largest);
  assert.throws(() => sum(largest + 1), BadGribError);
  assert.throws(() => sum(-largest - 1), BadGribError);
  const growing = new Float64Array(1_000_000).fill(2 ** 32 - 1);
  assert.throws(() => new DifferenceSums({ first: [0, 0], smallest: 0 }).replace(growing), BadGribError);
});
