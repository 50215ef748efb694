import type { Field } from "../field/field.ts";
import { RowSpans } from "./row_spans.ts";
import { SquareWeights } from "./square_weights.ts";

/**
 * Returns a copy with the mean of the square around each cell, applied twice, which is close to a Gaussian of standard
 * deviation 0.8 × (radius + ½). Missing cells are not counted and stay missing. One pass over the rows takes both means
 * with running sums along rows and down columns: the work does not grow with the radius, and the few rows between the
 * first mean and the second stay in the processor's cache.
 * @param radiusPx cells on either side; 0 leaves the field unchanged
 */
export function smoothField(field: Field, radiusPx: number): Field {
  if (radiusPx < 1) return field;
  const { width, height } = field;
  const spans = new RowSpans(height);
  // A missing cell adds nothing to the second mean, and stays missing in the result.
  const firstWeights = new SquareWeights(field, spans, radiusPx, 0);
  const secondWeights = new SquareWeights(field, spans, radiusPx, NaN);
  const firstSums = new SquareSums(width, radiusPx);
  const secondSums = new SquareSums(width, radiusPx);
  const present = paddedRow(width, radiusPx);
  const means = paddedRow(width, radiusPx);
  const smooth = new Float32Array(width * height);
  /** Returns the columns of a row whose squares have present cells, or had some in the row before. */
  const reach = (row: number) => {
    const { first, end } = spans.reach(row - radiusPx - 1, row + radiusPx);
    return { from: Math.max(0, first - radiusPx), to: Math.min(width, end + radiusPx) };
  };
  for (let enters = 0; enters < height + 2 * radiusPx; enters++) {
    if (enters < height) spans.copyRow(field, enters, present, radiusPx);
    else if (enters === height) present.fill(0);
    const first = enters - radiusPx;
    if (first < height) firstWeights.moveTo(first);
    else if (first === height) firstWeights.weights.fill(0);
    firstSums.add(present, reach(first), firstWeights.weights, means, radiusPx);
    if (first < 0) continue;
    const second = first - radiusPx;
    secondWeights.moveTo(second);
    const { from, to } = reach(second);
    const start = Math.max(0, second) * width; // what is written for rows before the first is overwritten
    secondSums.add(means, { from, to }, secondWeights.weights, smooth, start);
    smooth.fill(NaN, start, start + from);
    smooth.fill(NaN, start + to, start + width);
  }
  return { width, height, values: smooth };
}

/** Makes a row of zeros with as many cells on either side as the radius, and one more that a running sum reads. */
function paddedRow(width: number, radius: number): Float32Array {
  return new Float32Array(width + 2 * radius + 1);
}

/** Sums over the square around each cell, for rows that come one after another. */
class SquareSums {
  readonly #side: number;
  /** Sums along the last rows, as many as a square has: the row that leaves is replaced by the one that enters. */
  readonly #rowSums: Float64Array;
  readonly #columnSums: Float64Array;
  #slot = 0;

  constructor(width: number, radius: number) {
    this.#side = 2 * radius + 1;
    this.#rowSums = new Float64Array(this.#side * width);
    this.#columnSums = new Float64Array(width);
  }

  /**
   * Adds a row, and writes the weighted sums over the squares whose last row it is.
   * @param row padded by the radius on either side
   * @param reach the columns whose sums may change; the others have sums of 0
   */
  add(
    row: Float32Array,
    { from, to }: { readonly from: number; readonly to: number },
    weights: Float64Array,
    weighted: Float32Array,
    start: number,
  ): void {
    const side = this.#side;
    const rowSums = this.#rowSums;
    const columnSums = this.#columnSums;
    const width = columnSums.length;
    const slot = this.#slot * width;
    let sum = 0;
    for (let column = from; column < from + side; column++) sum += row[column]!;
    for (let column = from; column < to; column++) {
      const square = columnSums[column]! + (sum - rowSums[slot + column]!);
      rowSums[slot + column] = sum;
      columnSums[column] = square;
      weighted[start + column] = square * weights[column]!;
      sum += row[column + side]! - row[column]!;
    }
    this.#slot = (this.#slot + 1) % side;
  }
}
