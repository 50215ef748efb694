/** Ascending levels, and the ranks of values among them: the number of levels at or below a value. */
export class LevelRanks {
  /** Rank `r` is of values from `bounds[r]` to below `bounds[r + 1]`. */
  readonly bounds: Float64Array<ArrayBuffer>;

  /** @param levels ascending, in the unit of the values, without duplicates */
  constructor(levels: readonly number[]) {
    this.bounds = Float64Array.of(-Infinity, ...levels, Infinity);
  }

  /** Returns the rank of a value that is not NaN, found from the rank of a value nearby. */
  rank(value: number, nearby: number): number {
    const { bounds } = this;
    let rank = nearby;
    while (value < bounds[rank]!) rank--;
    while (value >= bounds[rank + 1]!) rank++;
    return rank;
  }
}
