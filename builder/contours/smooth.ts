import type { Field } from "../field/field.ts";
import { type Reach, RowSpans } from "./row_spans.ts";
import { SquareWeights } from "./square_weights.ts";

/**
 * Smooths a field: takes the mean of the square around each cell twice, which is close to a Gaussian of standard
 * deviation 0.8 × (radius + ½). Missing cells are not counted and stay missing. One pass over the rows takes both means
 * with running sums along rows and down columns: the work does not grow with the radius, and the few rows in between
 * stay in the processor's cache, as does each smoothed row until it was used.
 * @param radiusPx cells on either side; 0 leaves the field unchanged
 * @param use called with each smoothed row, from north to south; the next row overwrites the values
 */
export function smoothRows(field: Field, radiusPx: number, use: (values: Float32Array) => void): void {
  const { width, height } = field;
  const spans = new RowSpans(width, height);
  // A missing cell adds nothing to the second mean, and stays missing in the result.
  const firstWeights = new SquareWeights(field, spans, radiusPx, 0);
  const secondWeights = new SquareWeights(field, spans, radiusPx, NaN);
  const firstSums = new SquareSums(width, radiusPx);
  const secondSums = new SquareSums(width, radiusPx);
  const present = paddedRow(width, radiusPx);
  const means = paddedRow(width, radiusPx);
  const smooth = new Float32Array(width);
  // The first mean of a row is known when the row below it by the radius has entered, and the second that much later.
  for (let enters = 0; enters < height + 2 * radiusPx; enters++) {
    if (enters < height) spans.copyRow(field, enters, present, radiusPx);
    else present.fill(0);
    const first = enters - radiusPx;
    if (first < height) firstWeights.moveTo(first);
    else firstWeights.weights.fill(0);
    firstSums.add(present, spans.reach(first, radiusPx), firstWeights.weights, means, radiusPx);
    if (first < 0) continue;
    const second = first - radiusPx;
    secondWeights.moveTo(second);
    const reach = spans.reach(second, radiusPx);
    secondSums.add(means, reach, secondWeights.weights, smooth, 0);
    if (second < 0) continue;
    smooth.fill(NaN, 0, reach.from);
    smooth.fill(NaN, reach.to);
    use(smooth);
  }
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
    { from, to }: Reach,
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
