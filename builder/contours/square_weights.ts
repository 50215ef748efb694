import type { Field } from "../field/field.ts";
import type { RowSpans } from "./row_spans.ts";

/**
 * Weights of the means over squares: for each cell of a row, 1 over the number of present cells in the square around
 * it. Rows come one after another, and only columns whose weight may differ from that of the row before are visited:
 * in a field whose missing cells lie outside one outline these are few.
 */
export class SquareWeights {
  /** Weights of the cells of the row that `moveTo` was called for last. */
  readonly weights: Float64Array<ArrayBuffer>;
  readonly #field: Field;
  readonly #spans: RowSpans;
  readonly #radius: number;
  readonly #ofMissing: number;
  readonly #counts: Int32Array;

  /** @param ofMissing the weight of a missing cell */
  constructor(field: Field, spans: RowSpans, radius: number, ofMissing: number) {
    this.#field = field;
    this.#spans = spans;
    this.#radius = radius;
    this.#ofMissing = ofMissing;
    this.#counts = new Int32Array(field.width);
    this.weights = new Float64Array(field.width).fill(ofMissing);
  }

  /**
   * Moves to a row from the row before: the first row is −radius, the last one `height − 1`. The spans of the rows to
   * `row + radius` must be known.
   */
  moveTo(row: number): void {
    const { width, height } = this.#field;
    const radius = this.#radius;
    const enters = row + radius;
    const leaves = row - radius - 1;
    if (enters >= height || leaves < 0) {
      this.#update(row, enters, leaves, 0, width);
      return;
    }
    // Within the solid spans of these rows, as many cells enter as leave, and no cell becomes present or missing.
    const { first, end, solidStart, solidEnd } = this.#spans;
    const from = Math.max(0, Math.min(first[enters]!, first[leaves]!, first[row]!, first[row - 1]!) - radius);
    const to = Math.min(width, Math.max(end[enters]!, end[leaves]!, end[row]!, end[row - 1]!) + radius);
    const solidFrom = Math.max(solidStart[enters]!, solidStart[leaves]!, solidStart[row]!, solidStart[row - 1]!) +
      radius;
    const solidTo = Math.min(solidEnd[enters]!, solidEnd[leaves]!, solidEnd[row]!, solidEnd[row - 1]!) - radius;
    if (solidFrom >= solidTo) {
      this.#update(row, enters, leaves, from, to);
    } else {
      this.#update(row, enters, leaves, from, solidFrom);
      this.#update(row, enters, leaves, solidTo, to);
    }
  }

  #update(row: number, enters: number, leaves: number, from: number, to: number): void {
    const { width, height, values } = this.#field;
    if (enters < height) this.#count(enters, 1, from, to);
    if (leaves >= 0) this.#count(leaves, -1, from, to);
    if (row < 0) return;
    const { weights } = this;
    const counts = this.#counts;
    const ofMissing = this.#ofMissing;
    for (let column = from, at = row * width + from; column < to; column++, at++) {
      const own = values[at]!;
      weights[column] = own === own ? 1 / counts[column]! : ofMissing;
    }
  }

  /** Adds to the count of each column, times `sign`, the present cells of a row within the radius. */
  #count(row: number, sign: 1 | -1, from: number, to: number): void {
    const { width, values } = this.#field;
    const radius = this.#radius;
    const counts = this.#counts;
    const start = row * width;
    let count = 0;
    for (let column = Math.max(0, from - radius); column < Math.min(width, from + radius); column++) {
      const value = values[start + column]!;
      if (value === value) count += sign;
    }
    for (let column = from; column < to; column++) {
      if (column + radius < width) {
        const value = values[start + column + radius]!;
        if (value === value) count += sign;
      }
      counts[column] = counts[column]! + count;
      if (column >= radius) {
        const value = values[start + column - radius]!;
        if (value === value) count -= sign;
      }
    }
  }
}
