import assert from "node:assert/strict";
import fc from "fast-check";
import { type Field, field } from "../field/field.ts";
import { smoothRows } from "./smooth.ts";

/** Collects the smoothed rows of a field. */
function smoothField(source: Field, radiusPx: number): Field {
  const { width, height } = source;
  const rows: Float32Array[] = [];
  smoothRows(source, radiusPx, (values) => rows.push(values.slice()));
  return field(width, height, Float32Array.from(rows.flatMap((row) => [...row])));
}

const filled = (width: number, height: number, value: number): Field =>
  field(width, height, new Float32Array(width * height).fill(value));

/** A field of zeros with a single cell of 1. */
function impulse(width: number, height: number, column: number, row: number): Field {
  const zero = filled(width, height, 0);
  zero.values[row * width + column] = 1;
  return zero;
}

const sum = ({ values }: Field) => values.reduce((sum, value) => sum + value, 0);

function near(actual: number, expected: number, tolerance: number, what = ""): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what} ${actual}, expected ${expected} ± ${tolerance}`);
}

Deno.test("smoothRows() leaves the values unchanged when the radius is 0", () => {
  const source = impulse(5, 5, 2, 2);
  assert.deepEqual(smoothField(source, 0), source);
});

Deno.test("smoothRows() does not change a constant, to its edges and corners", () => {
  for (const radius of [1, 2, 4]) {
    assert.deepEqual(smoothField(filled(13, 9, 7), radius), filled(13, 9, 7));
    for (const value of smoothField(filled(13, 9, 273.15), radius).values) near(value, 273.15, 1e-4);
  }
});

Deno.test("smoothRows() does not change a constant beside missing cells, which stay missing", () => {
  const source = filled(13, 9, 7);
  const missing = [0, 6, 12, 30, 31, 44, 60, 61, 62, 116];
  for (const cell of missing) source.values[cell] = NaN;
  const { values } = smoothField(source, 2);
  values.forEach((value, cell) => assert.equal(value, missing.includes(cell) ? NaN : 7, `cell ${cell}`));
});

Deno.test("smoothRows() gives no value to a missing cell, even when all cells are missing", () => {
  assert.deepEqual(smoothField(filled(4, 3, NaN), 1), filled(4, 3, NaN));
  const alone = filled(5, 5, NaN);
  alone.values[12] = 3;
  assert.deepEqual([...smoothField(alone, 2).values].filter((value) => !Number.isNaN(value)), [3]);
});

Deno.test("smoothRows() spreads an impulse over the square of twice the radius, and keeps its sum", () => {
  for (const radius of [1, 2, 4]) {
    const size = 8 * radius + 5;
    const middle = (size - 1) / 2;
    const spread = smoothField(impulse(size, size, middle, middle), radius);
    near(sum(spread), 1, 1e-6);
    const side = 2 * radius + 1;
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        // Two box filters in sequence form a triangle along each axis.
        const [dx, dy] = [Math.abs(column - middle), Math.abs(row - middle)];
        const expected = Math.max(0, side - dx) * Math.max(0, side - dy) / side ** 4;
        near(spread.values[row * size + column]!, expected, 1e-7, `${radius}: ${column}, ${row}`);
        assert.equal(spread.values[row * size + column]! > 0, dx <= 2 * radius && dy <= 2 * radius);
      }
    }
  }
});

Deno.test("smoothRows() is close to a Gaussian with a standard deviation of 0.8 × (radius + ½)", () => {
  for (const radius of [1, 2, 4, 10]) {
    const size = 8 * radius + 1; // no edge is within reach
    const middle = 4 * radius;
    const { values } = smoothField(impulse(size, size, middle, middle), radius);
    const variance = values.reduce((sum, value, cell) => sum + value * (cell % size - middle) ** 2, 0);
    near(Math.sqrt(variance) / (0.8 * (radius + 0.5)), 1, 0.04, `radius ${radius}:`);
  }
});

Deno.test("smoothRows() keeps a plane unchanged, except near its edges", () => {
  const plane = field(30, 24, Float32Array.from({ length: 720 }, (_, i) => 2 * (i % 30) - 3 * Math.floor(i / 30)));
  const { values } = smoothField(plane, 3);
  for (let row = 6; row < 18; row++) {
    for (let column = 6; column < 24; column++) near(values[row * 30 + column]!, 2 * column - 3 * row, 1e-4);
  }
  assert.ok(values[0]! > -6 * 3 && values[0]! !== 0, "the mean at a corner is of the cells that there are");
});

Deno.test("smoothRows() takes the mean of all cells when the radius is larger than the field", () => {
  const source = field(3, 2, Float32Array.of(1, 2, 3, 4, 5, NaN));
  assert.deepEqual([...smoothField(source, 9).values], [3, 3, 3, 3, 3, NaN]);
  assert.deepEqual([...smoothField(field(1, 1, Float32Array.of(-0)), 3).values].map((value) => value + 0), [0]);
});

Deno.test("smoothRows() does not change its input", () => {
  const source = field(3, 3, Float32Array.of(1, 2, 3, NaN, 5, 6, 7, 8, 9));
  smoothField(source, 1);
  assert.deepEqual([...source.values], [1, 2, 3, NaN, 5, 6, 7, 8, 9]);
});

/** Computes the mean of the present cells of each square, cell by cell. */
function slowMean({ width, height, values }: Field, radius: number): Field {
  const means = values.map((own, cell) => {
    if (Number.isNaN(own)) return NaN;
    const [column, row] = [cell % width, Math.floor(cell / width)];
    let [sum, count] = [0, 0];
    for (let y = Math.max(0, row - radius); y <= Math.min(height - 1, row + radius); y++) {
      for (let x = Math.max(0, column - radius); x <= Math.min(width - 1, column + radius); x++) {
        const value = values[y * width + x]!;
        if (!Number.isNaN(value)) [sum, count] = [sum + value, count + 1];
      }
    }
    return sum / count;
  });
  return { width, height, values: means };
}

Deno.test("smoothRows() equals the mean of the mean for any field", () => {
  const cell = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: -1000, max: 1000 }) },
    { weight: 1, arbitrary: fc.constantFrom(NaN, 0, -0) },
  );
  const size = fc.integer({ min: 1, max: 12 });
  const any = fc.tuple(size, size).chain(([width, height]) =>
    fc.array(cell, { minLength: width * height, maxLength: width * height })
      .map((values) => field(width, height, Float32Array.from(values)))
  );
  fc.assert(fc.property(any, fc.integer({ min: 1, max: 6 }), (source, radius) => {
    const expected = slowMean(slowMean(source, radius), radius);
    const { values, width, height } = smoothField(source, radius);
    assert.deepEqual([width, height], [source.width, source.height]);
    values.forEach((value, i) => {
      if (Number.isNaN(expected.values[i])) assert.ok(Number.isNaN(value));
      else near(value, expected.values[i]!, 1e-3);
    });
  }));
});

Deno.test("smoothRows() equals the mean of the mean within a slanted outline with holes, as models have", () => {
  const [width, height] = [90, 70];
  const source = field(width, height, Float32Array.from({ length: width * height }, (_, i) => i % 7 - i % 11));
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const isOutside = row < 6 || row > 64 || column < row / 3 || column > 85 - row / 2;
      const isHole = Math.hypot(column - 40, row - 30) < 3 || column === 60 && row === 20;
      if (isOutside || isHole) source.values[row * width + column] = NaN;
    }
  }
  for (const radius of [1, 4]) {
    const expected = slowMean(slowMean(source, radius), radius);
    smoothField(source, radius).values.forEach((value, i) => {
      if (Number.isNaN(expected.values[i])) assert.ok(Number.isNaN(value), `cell ${i}`);
      else near(value, expected.values[i]!, 1e-4, `cell ${i}:`);
    });
  }
});
