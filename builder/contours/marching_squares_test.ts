import assert from "node:assert/strict";
import fc from "fast-check";
import { modelGeometry } from "../../contract/models.ts";
import { type Field, field } from "../field/field.ts";
import { joinCrossings } from "./join_crossings.ts";
import { MarchingSquares } from "./marching_squares.ts";

/** Largest error of a vertex, as a share of its edge: contours keep this distance from points. */
const VERTEX_ERROR = 2 ** -20;

interface Vertex {
  readonly x: number;
  readonly y: number;
}

interface Line {
  readonly level: number;
  readonly vertices: readonly Vertex[];
  readonly isClosed: boolean;
}

function march(source: Field, levels: readonly number[]): MarchingSquares {
  const squares = new MarchingSquares(source.width, levels);
  for (let row = 0; row < source.height; row++) {
    squares.addRow(source.values.subarray(row * source.width, (row + 1) * source.width));
  }
  return squares;
}

function trace(source: Field, levels: readonly number[]): Line[] {
  const { x, y, starts, levels: ofLines } = joinCrossings(march(source, levels).crossings);
  return Array.from(ofLines, (level, line) => {
    const vertices: Vertex[] = [];
    for (let i = starts[line]!; i < starts[line + 1]!; i++) vertices.push({ x: x[i]!, y: y[i]! });
    const [first, last] = [vertices[0]!, vertices.at(-1)!];
    return { level, vertices, isClosed: vertices.length > 1 && first.x === last.x && first.y === last.y };
  });
}

/** Makes a field from its rows. */
function rows(...rows: readonly (readonly number[])[]): Field {
  return field(rows[0]!.length, rows.length, Float32Array.from(rows.flat()));
}

/** Small whole numbers, so that levels meet values, plateaus and saddles, with missing cells. */
const roughField = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })).chain(([width, height]) => {
  const value = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: -2, max: 3 }) },
    { weight: 1, arbitrary: fc.constant(NaN) },
  );
  return fc.array(value, { minLength: width * height, maxLength: width * height })
    .map((values) => field(width, height, Float32Array.from(values)));
});

/** Sums of waves of any direction and length, with a missing rectangle. */
const smoothField = fc.record({
  width: fc.integer({ min: 2, max: 40 }),
  height: fc.integer({ min: 2, max: 40 }),
  waves: fc.array(
    fc.record({
      height: fc.double({ min: 0.5, max: 4, noNaN: true }),
      across: fc.double({ min: -0.6, max: 0.6, noNaN: true }),
      down: fc.double({ min: -0.6, max: 0.6, noNaN: true }),
      phase: fc.double({ min: 0, max: 6, noNaN: true }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  hole: fc.record({ west: fc.nat(40), north: fc.nat(40), width: fc.nat(6), height: fc.nat(6) }),
}).map(({ width, height, waves, hole }) => {
  const values = Float32Array.from({ length: width * height }, (_, i) => {
    const [column, row] = [i % width, Math.floor(i / width)];
    const isInHole = column >= hole.west && column < hole.west + hole.width && row >= hole.north &&
      row < hole.north + hole.height;
    if (isInHole) return NaN;
    return waves.reduce(
      (sum, wave) => sum + wave.height * Math.sin(wave.across * column + wave.down * row + wave.phase),
      0,
    );
  });
  return field(width, height, values);
});

const anyField = fc.oneof(roughField, smoothField);
const LEVELS = [-2, -1.25, -0.5, 0, 0.1, 1, 2.5, 3];

/** Side of a cell: an edge between a point and its neighbour to the east or to the south. */
interface Edge {
  readonly column: number;
  readonly row: number;
  readonly isAcross: boolean;
  /** Distance of the vertex from the point, in pixels. */
  readonly part: number;
}

/** Returns the edge that a vertex lies on. */
function edgeOf({ x, y }: Vertex): Edge {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  assert.ok((x === column) !== (y === row), `${x}, ${y} is on no edge, or on a point`);
  return { column, row, isAcross: y === row, part: x - column + (y - row) };
}

function endValues({ width, values }: Field, { column, row, isAcross }: Edge): readonly [number, number] {
  const at = row * width + column;
  return [values[at]!, values[isAcross ? at + 1 : at + width]!];
}

/** Returns whether the cell with this point in its north-west exists and has four values. */
function isWhole({ width, height, values }: Field, column: number, row: number): boolean {
  if (column < 0 || row < 0 || column >= width - 1 || row >= height - 1) return false;
  const at = row * width + column;
  return [at, at + 1, at + width, at + width + 1].every((i) => !Number.isNaN(values[i]));
}

/** Returns the whole cells on the two sides of an edge, by the column and row of their north-western points. */
function cellsBeside(source: Field, { column, row, isAcross }: Edge): string[] {
  const beside = isAcross ? [[column, row - 1], [column, row]] : [[column - 1, row], [column, row]];
  return beside.filter(([column, row]) => isWhole(source, column!, row!)).map(String);
}

/** Returns the vertices of a line; the last one of a closed line is its first one, and is left out. */
const distinct = ({ vertices, isClosed }: Line) => isClosed ? vertices.slice(0, -1) : vertices;

Deno.test("MarchingSquares puts each vertex on an edge where the value, changing linearly, is the level", () => {
  fc.assert(fc.property(anyField, (source) => {
    for (const { level, vertices } of trace(source, LEVELS)) {
      for (const vertex of vertices) {
        const edge = edgeOf(vertex);
        const [from, to] = endValues(source, edge);
        const allowed = Math.abs(to - from) * (VERTEX_ERROR + 1e-12);
        assert.ok(Math.abs(from + (to - from) * edge.part - level) <= allowed, `${level}: ${JSON.stringify(edge)}`);
      }
    }
  }));
});

Deno.test("MarchingSquares crosses each edge of a whole cell once for each level between its ends, and no other edge", () => {
  fc.assert(fc.property(anyField, (source) => {
    const name = (level: number, { column, row, isAcross }: Edge) => `${level} at ${column}, ${row}, ${isAcross}`;
    const expected: string[] = [];
    for (let row = 0; row < source.height; row++) {
      for (let column = 0; column < source.width; column++) {
        for (const isAcross of [true, false]) {
          const edge = { column, row, isAcross, part: NaN };
          if (cellsBeside(source, edge).length === 0) continue;
          const [from, to] = endValues(source, edge);
          for (const level of LEVELS) if (from >= level !== to >= level) expected.push(name(level, edge));
        }
      }
    }
    const found = trace(source, LEVELS).flatMap((line) =>
      distinct(line).map((vertex) => name(line.level, edgeOf(vertex)))
    );
    assert.deepEqual(found.sort(), expected.sort());
  }));
});

Deno.test("MarchingSquares goes from side to side of whole cells, and ends only where there is no further cell", () => {
  fc.assert(fc.property(anyField, (source) => {
    for (const { vertices, isClosed } of trace(source, LEVELS)) {
      const beside = vertices.map((vertex) => cellsBeside(source, edgeOf(vertex)));
      for (let i = 1; i < beside.length; i++) {
        assert.ok(beside[i]!.some((cell) => beside[i - 1]!.includes(cell)), `step ${i} leaves its cell`);
      }
      assert.ok(vertices.length >= (isClosed ? 5 : 2), `${vertices.length} vertices`);
      if (!isClosed) assert.deepEqual([beside[0]!.length, beside.at(-1)!.length], [1, 1]);
    }
  }));
});

/** Returns on which side of the straight line from a to b a point lies: positive, negative or 0. */
const side = (a: Vertex, b: Vertex, c: Vertex) => Math.sign((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x));

Deno.test("MarchingSquares makes lines that do not cross or touch each other or themselves", () => {
  fc.assert(fc.property(anyField, (source) => {
    const byCell = Map.groupBy(
      trace(source, LEVELS).flatMap(({ vertices }) => vertices.slice(1).map((b, i) => ({ a: vertices[i]!, b }))),
      ({ a, b }) => {
        const others = cellsBeside(source, edgeOf(b));
        return cellsBeside(source, edgeOf(a)).find((cell) => others.includes(cell));
      },
    );
    for (const [cell, segments] of byCell) {
      segments.forEach(({ a, b }, i) => {
        for (const other of segments.slice(i + 1)) {
          const isApart = side(a, b, other.a) === side(a, b, other.b) ||
            side(other.a, other.b, a) === side(other.a, other.b, b);
          assert.ok(isApart, `cell ${cell}: ${JSON.stringify([a, b, other])}`);
        }
      });
    }
  }));
});

Deno.test("MarchingSquares connects the corners of a saddle that are on the side of the mean", () => {
  const saddle = rows([1, 0], [0, 1]); // the mean is 0.5
  const sides = (level: number) =>
    trace(saddle, [level]).map(({ vertices }) =>
      vertices.map(({ x, y }) => y === 0 ? "north" : y === 1 ? "south" : x === 0 ? "west" : "east").sort()
    ).sort();
  // Above 0.4 are both high corners and the mean: the low corners in the north-east and south-west are cut off.
  assert.deepEqual(sides(0.4), [["east", "north"], ["south", "west"]]);
  assert.deepEqual(sides(0.5), [["east", "north"], ["south", "west"]]);
  assert.deepEqual(sides(0.6), [["east", "south"], ["north", "west"]]);
});

Deno.test("MarchingSquares goes around a plateau at the level on its lower side, once", () => {
  const [line, ...others] = trace(rows([0, 0, 0, 0], [0, 2, 2, 0], [0, 2, 2, 0], [0, 0, 0, 0]), [2]);
  assert.deepEqual(others, []);
  assert.ok(line!.isClosed);
  assert.equal(distinct(line!).length, 8);
  for (const { x, y } of line!.vertices) {
    const away = Math.max(1 - x, x - 2, 1 - y, y - 2);
    assert.ok(away > 0 && away <= VERTEX_ERROR, `${x}, ${y}`);
  }
  // All values are at or above the level: it has no line.
  assert.deepEqual(trace(rows([2, 2], [2, 3]), [2]), []);
});

Deno.test("MarchingSquares goes around a single point that is equal to the level", () => {
  const [line, ...others] = trace(rows([0, 0, 0], [0, 1, 0], [0, 0, 0]), [1]);
  assert.deepEqual(others, []);
  assert.ok(line!.isClosed);
  assert.equal(new Set(line!.vertices.map(({ x, y }) => `${x}, ${y}`)).size, 4);
});

Deno.test("MarchingSquares ends lines at missing points, and goes around a hole in a slope on both sides", () => {
  const source = field(9, 9, Float32Array.from({ length: 81 }, (_, i) => i % 9));
  source.values[4 * 9 + 4] = NaN;
  // The line of 3.5 passes the cells west of the missing point, which are not whole.
  const ends = trace(source, [3.5]).map(({ vertices }) => [vertices[0]!, vertices.at(-1)!].map(({ y }) => y).sort());
  assert.deepEqual(ends.sort(), [[0, 3], [5, 8]]);
  assert.deepEqual(trace(source, [1.5]).length, 1);
});

Deno.test("MarchingSquares finds no line in a single row, column or point", () => {
  for (const source of [rows([0, 1, 2, 3]), rows([0], [1], [2], [3]), rows([5]), rows([NaN, NaN], [NaN, NaN])]) {
    assert.deepEqual(trace(source, [0.5, 1, 2.5]), []);
  }
  assert.deepEqual(trace(rows([0, 1], [2, 3]), []), []);
});

Deno.test("MarchingSquares counts the crossings by direction, and names the levels that values lie on both sides of", () => {
  const squares = march(rows([0, 3, NaN, 1], [0, 0, 9, 9]), [-1, 1, 2, 3, 9, 10]);
  assert.equal(squares.crossingsAlongRows, 3 + 4);
  assert.equal(squares.crossingsAlongColumns, 3, "of the one column in a whole cell");
  assert.deepEqual(squares.levelsBetweenValues(), [1, 2, 3, 9]);
  assert.deepEqual(march(rows([NaN, NaN]), [0]).levelsBetweenValues(), []);
  assert.deepEqual(march(rows([4, 5]), [4, 6]).levelsBetweenValues(), []);
});

Deno.test("MarchingSquares traces circles on the largest display grid, more of them than the first arrays hold", () => {
  const { width, height } = modelGeometry("hrrr")!.grid;
  const source = field(width, height, new Float32Array(width * height));
  const [middleX, middleY] = [width / 2 - 0.3, height / 2 + 0.2];
  for (let i = 0; i < source.values.length; i++) {
    const [x, y] = [i % width - middleX, Math.floor(i / width) - middleY];
    source.values[i] = Math.sqrt(x * x + y * y);
  }
  const levels = Array.from({ length: 35 }, (_, i) => 20.5 + 20 * i);
  const lines = trace(source, levels);
  assert.equal(lines.reduce((sum, { vertices }) => sum + vertices.length, 0) > 1 << 16, true);
  assert.deepEqual(lines.map(({ level }) => level).sort((a, b) => a - b), levels);
  for (const { level, vertices, isClosed } of lines) {
    assert.ok(isClosed);
    // The chord of a pixel is this far from its circle.
    for (const { x, y } of vertices) {
      assert.ok(Math.abs(Math.hypot(x - middleX, y - middleY) - level) < 1 / level, `${level}`);
    }
  }
});
