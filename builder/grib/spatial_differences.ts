import type { Differencing } from "./complex_groups.ts";
import { BadGribError } from "./messages.ts";
import { MAX_INTEGER } from "./packing.ts";

/** The sums of spatial differences, over all parts of a field in their order. @see GRIB2 template 7.3 */
export class DifferenceSums {
  readonly #first: readonly number[];
  readonly #smallest: number;
  /** Number of the first values that were used. */
  #used = 0;
  #sum = 0;
  #difference = 0;

  constructor({ first, smallest }: Differencing) {
    this.#first = first;
    this.#smallest = smallest;
  }

  /**
   * Replaces the next differences, of first or second order and without the smallest one, by the integers that they are
   * differences of. NaN, a missing value, stays and has no part in the sums.
   * @throws BadGribError when a sum is larger than any packed integer
   */
  replace(differences: Float64Array): void {
    const [order, smallest] = [this.#first.length, this.#smallest];
    let [sum, difference] = [this.#sum, this.#difference];
    for (let i = 0; i < differences.length; i++) {
      const packed = differences[i]!;
      if (Number.isNaN(packed)) continue;
      if (this.#used < order) {
        const first = this.#first[this.#used++]!;
        difference = first - sum;
        sum = first;
      } else {
        difference = order === 2 ? difference + packed + smallest : packed + smallest;
        sum += difference;
        // Up to here sums are exact. In a damaged message a large wrong difference soon leads beyond.
        if (Math.abs(sum) > MAX_INTEGER) {
          throw new BadGribError(`differences that add up to ${sum}, expected at most 2^33`);
        }
      }
      differences[i] = sum;
    }
    [this.#sum, this.#difference] = [sum, difference];
  }
}
