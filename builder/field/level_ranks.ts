/** Rank of a missing value. */
export const MISSING_RANK = 255;
/** Most levels among which values can be ranked. */
export const MAX_RANKED_LEVELS = 254;

/** Ascending levels, and the numbers of levels at or below values: their ranks. */
export class LevelRanks {
  /** Rank `r` is of values from `bounds[r]` to below `bounds[r + 1]`. */
  readonly bounds: Float64Array<ArrayBuffer>;

  /**
   * @param levels ascending, in the unit of the values, without duplicates
   * @throws RangeError when there are more than 254 levels
   */
  constructor(levels: readonly number[]) {
    if (levels.length > MAX_RANKED_LEVELS) {
      throw new RangeError(`Cannot rank among ${levels.length} levels: expected at most ${MAX_RANKED_LEVELS}`);
    }
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
