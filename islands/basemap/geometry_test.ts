import assert from "node:assert/strict";
import { type Box, clipLines, isInside, thinLine } from "./geometry.ts";

const BOX: Box = [0, 0, 10, 10];

Deno.test("clipLines() makes two lines of one that leaves the box and comes back, and drops single points", () => {
  const line = [[1, 1], [2, 2], [20, 2], [3, 3], [4, 4], [20, 4], [5, 5], [20, 5]];
  assert.deepEqual(clipLines([line, [[30, 30], [31, 31]]], BOX), [[[1, 1], [2, 2]], [[3, 3], [4, 4]]]);
});

Deno.test("thinLine() drops positions nearer than the tolerance to the last kept one, but neither end", () => {
  const line = [[0, 0], [0.4, 0], [0.9, 0], [1, 0], [1.9, 0], [1.95, 0]];
  assert.deepEqual(thinLine(line, () => 1), [[0, 0], [1, 0], [1.95, 0]]);
});

Deno.test("thinLine() takes the tolerance of each position, and rounds to thousandths of a degree", () => {
  const line = [[0, 0], [0.12345, 0], [5, 0], [5.2, 0], [9, 0]];
  assert.deepEqual(thinLine(line, ([lon]) => lon! < 5 ? 0.1 : 1), [[0, 0], [0.123, 0], [5, 0], [9, 0]]);
});

Deno.test("isInside() counts the edges as inside", () => {
  assert.deepEqual([[0, 10], [10.001, 5], [5, -0.001]].map((position) => isInside(position, BOX)), [
    true,
    false,
    false,
  ]);
});
