import type { Field } from "../field/field.ts";

/**
 * Returns a copy with the mean of the square around each cell, applied twice, which is close to a Gaussian of standard
 * deviation 0.8 × (radius + ½). Missing cells are not counted and stay missing.
 * @param radiusPx cells on either side; 0 leaves the field unchanged
 */
export function smoothField(field: Field, radiusPx: number): Field {
  if (radiusPx < 1) return field;
  return boxMean(boxMean(field, radiusPx), radiusPx);
}

/** Averages with running sums along rows, then down columns: the work does not grow with the radius. */
function boxMean({ width, height, values }: Field, radius: number): Field {
  const sums = new Float32Array(width * height);
  const counts = new Uint16Array(width * height);
  for (let row = 0; row < height; row++) sumAlongRow(values, row * width, width, radius, sums, counts);
  const means = new Float32Array(width * height);
  const columnSums = new Float64Array(width);
  const columnCounts = new Int32Array(width);
  for (let row = -radius; row < height; row++) {
    const enters = row + radius;
    if (enters < height) {
      for (let column = 0, at = enters * width; column < width; column++, at++) {
        columnSums[column] = columnSums[column]! + sums[at]!;
        columnCounts[column] = columnCounts[column]! + counts[at]!;
      }
    }
    const leaves = row - radius - 1;
    if (leaves >= 0) {
      for (let column = 0, at = leaves * width; column < width; column++, at++) {
        columnSums[column] = columnSums[column]! - sums[at]!;
        columnCounts[column] = columnCounts[column]! - counts[at]!;
      }
    }
    if (row < 0) continue;
    for (let column = 0, at = row * width; column < width; column++, at++) {
      const own = values[at]!;
      means[at] = own === own ? columnSums[column]! / columnCounts[column]! : NaN;
    }
  }
  return { width, height, values: means };
}

/** Computes, for each cell of a row, the sum and the number of the present cells within the radius along the row. */
function sumAlongRow(
  values: Float32Array,
  start: number,
  width: number,
  radius: number,
  sums: Float32Array,
  counts: Uint16Array,
): void {
  let sum = 0;
  let count = 0;
  for (let column = -radius; column < width; column++) {
    if (column + radius < width) {
      const enters = values[start + column + radius]!;
      if (enters === enters) {
        sum += enters;
        count++;
      }
    }
    if (column > radius) {
      const leaves = values[start + column - radius - 1]!;
      if (leaves === leaves) {
        sum -= leaves;
        count--;
      }
    }
    if (column < 0) continue;
    sums[start + column] = sum;
    counts[start + column] = count;
  }
}
