import assert from "node:assert/strict";
import fc from "fast-check";
import type { PixelLines } from "./pixel_lines.ts";
import { simplifyLines } from "./simplify_lines.ts";

type Point = readonly [x: number, y: number];

function linesOf(...lines: readonly (readonly Point[])[]): PixelLines {
  const starts = [0];
  for (const line of lines) starts.push(starts.at(-1)! + line.length);
  return {
    x: Float64Array.from(lines.flat(), ([x]) => x),
    y: Float64Array.from(lines.flat(), ([, y]) => y),
    starts: Int32Array.from(starts),
    levels: Float64Array.from(lines, (_, i) => 10 * i),
  };
}

function pointsOf({ x, y, starts, levels }: PixelLines): { level: number; points: Point[] }[] {
  return Array.from(levels, (level, line) => ({
    level,
    points: Array.from(
      { length: starts[line + 1]! - starts[line]! },
      (_, i): Point => [x[starts[line]! + i]!, y[starts[line]! + i]!],
    ),
  }));
}

const simplified = (tolerancePx: number, ...lines: readonly (readonly Point[])[]) =>
  pointsOf(simplifyLines(linesOf(...lines), new Uint8Array(lines.length).fill(1), tolerancePx));

/** Computes the distance of a point from a segment. */
function distance([x, y]: Point, [ax, ay]: Point, [bx, by]: Point): number {
  const [dx, dy] = [bx - ax, by - ay];
  const squared = dx * dx + dy * dy;
  const along = squared === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / squared));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}

Deno.test("simplifyLines() keeps the corners of a line, and no point between them", () => {
  const line: Point[] = [[0, 0], [1, 0], [2, 0.1], [3, 0], [4, 0], [4, 1], [4, 2]];
  assert.deepEqual(simplified(0.2, line), [{ level: 0, points: [[0, 0], [4, 0], [4, 2]] }]);
  assert.deepEqual(simplified(0.05, line)[0]!.points, [[0, 0], [2, 0.1], [4, 0], [4, 2]]);
});

Deno.test("simplifyLines() keeps closed lines closed, and leaves out those that are within the tolerance of a point", () => {
  const ring = (radius: number): Point[] =>
    Array.from({ length: 41 }, (_, i) => [
      radius * Math.cos(i % 40 * Math.PI / 20),
      radius * Math.sin(i % 40 * Math.PI / 20),
    ]);
  const [large, ...others] = simplified(1, ring(20), ring(0.4));
  assert.deepEqual(others, []);
  assert.deepEqual(large!.points[0], large!.points.at(-1));
  assert.ok(large!.points.length >= 5 && large!.points.length < 20, String(large!.points.length));
});

Deno.test("simplifyLines() leaves out lines that are not wanted, and keeps the levels of the others", () => {
  const straight: Point[] = [[0, 0], [5, 0], [9, 0]];
  const { levels, starts, x } = simplifyLines(linesOf(straight, straight, straight), Uint8Array.of(1, 0, 1), 0.5);
  assert.deepEqual([...levels], [0, 20]);
  assert.deepEqual([...starts], [0, 2, 4]);
  assert.deepEqual([...x], [0, 9, 0, 9]);
});

Deno.test("simplifyLines() keeps every point of a line within the tolerance of the simplified line, in their order", () => {
  const step = fc.double({ min: -3, max: 3, noNaN: true });
  const steps = fc.array(fc.tuple(step, step), { minLength: 1, maxLength: 120 });
  fc.assert(fc.property(steps, fc.double({ min: 0.01, max: 4, noNaN: true }), (steps, tolerancePx) => {
    const line: Point[] = [[0, 0]];
    for (const [dx, dy] of steps) line.push([line.at(-1)![0] + dx, line.at(-1)![1] + dy]);
    const [simple] = simplified(tolerancePx, line);
    if (simple === undefined) return; // closed by chance, and small
    const kept = simple.points.reduce<number[]>((kept, [x, y]) => {
      const from = kept.length === 0 ? 0 : kept.at(-1)! + 1;
      return [...kept, line.findIndex((point, i) => i >= from && point[0] === x && point[1] === y)];
    }, []);
    assert.deepEqual([kept[0], line[kept.at(-1)!]], [0, line.at(-1)]);
    for (let i = 1; i < kept.length; i++) {
      const [from, to] = [kept[i - 1]!, kept[i]!];
      assert.ok(from < to, "the order");
      for (const point of line.slice(from, to)) {
        const away = distance(point, line[from]!, line[to]!);
        assert.ok(away <= tolerancePx + 1e-9, `${away} from the simplified line`);
      }
    }
  }));
});
