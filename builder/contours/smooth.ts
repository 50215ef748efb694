import type { Field } from "../fields/field.ts";

/**
 * A copy with the mean of the square around each cell, twice over, which is close to a Gaussian of standard deviation
 * 0.8 × (radius + ½). Missing cells count for nothing and stay missing.
 * @param radiusPx cells on either side; 0 leaves the field as it is
 */
export function smoothField(field: Field, radiusPx: number): Field {
  if (radiusPx < 1) return field;
  return boxMean(boxMean(field, radiusPx), radiusPx);
}

function boxMean({ width, height, values }: Field, radius: number): Field {
  const sums = new Float64Array(width * height);
  const counts = new Int32Array(width * height);
  for (let row = 0; row < height; row++) sumAlongRow(values, row * width, width, radius, sums, counts);
  const means = new Float32Array(width * height);
  const columnSum = new Float64Array(width);
  const columnCount = new Int32Array(width);
  const addRow = (row: number, sign: 1 | -1) => {
    for (let column = 0, at = row * width; column < width; column++, at++) {
      columnSum[column] = columnSum[column]! + sign * sums[at]!;
      columnCount[column] = columnCount[column]! + sign * counts[at]!;
    }
  };
  for (let row = 0; row < Math.min(radius, height); row++) addRow(row, 1);
  for (let row = 0; row < height; row++) {
    if (row + radius < height) addRow(row + radius, 1);
    if (row - radius - 1 >= 0) addRow(row - radius - 1, -1);
    for (let column = 0, at = row * width; column < width; column++, at++) {
      const own = values[at]!;
      means[at] = own === own ? columnSum[column]! / columnCount[column]! : NaN;
    }
  }
  return { width, height, values: means };
}

/** For each cell of a row the sum and number of the present cells within the radius along it. */
function sumAlongRow(
  values: Float32Array,
  start: number,
  width: number,
  radius: number,
  sums: Float64Array,
  counts: Int32Array,
): void {
  let sum = 0;
  let count = 0;
  const add = (column: number, sign: 1 | -1) => {
    const value = values[start + column]!;
    if (value !== value) return;
    sum += sign * value;
    count += sign;
  };
  for (let column = 0; column < Math.min(radius, width); column++) add(column, 1);
  for (let column = 0; column < width; column++) {
    if (column + radius < width) add(column + radius, 1);
    if (column - radius - 1 >= 0) add(column - radius - 1, -1);
    sums[start + column] = sum;
    counts[start + column] = count;
  }
}
