import type { Crossings } from "./crossings.ts";
import type { LevelRanks } from "./level_ranks.ts";

/** Rank of missing values. */
export const MISSING_RANK = -1;

/**
 * A row of values, its spans of neighbours with the same rank among levels, and the crossings between the spans. Spans
 * are few: the work for each of them costs little beside the look at each value.
 */
export class RankedRow {
  readonly values: Float32Array<ArrayBuffer>;
  /** First column of each span, and the width of the row after the last one. */
  readonly starts: Int32Array<ArrayBuffer>;
  readonly ranks: Int16Array<ArrayBuffer>;
  /** First crossing between the span before and each span; undefined where a value is missing. */
  readonly crossings: Int32Array<ArrayBuffer>;
  /** Smallest and largest rank of all values that the row has had. */
  lowest = Infinity;
  highest = 0;

  constructor(width: number) {
    this.values = new Float32Array(width);
    this.starts = new Int32Array(width + 1);
    this.ranks = new Int16Array(width);
    this.crossings = new Int32Array(width);
  }

  /** Takes the values of a row, ranks them, and adds the crossings between them. */
  set(values: Float32Array, row: number, levels: LevelRanks, crossings: Crossings): void {
    this.values.set(values);
    const { starts, ranks } = this;
    const { bounds } = levels;
    const width = values.length;
    let rank = 0;
    let column = 0;
    let span = 0;
    for (; column < width; span++) {
      starts[span] = column;
      const value = values[column]!;
      if (value !== value) {
        ranks[span] = MISSING_RANK;
        for (column++; column < width; column++) {
          const next = values[column]!;
          if (next === next) break;
        }
        continue;
      }
      const before = rank;
      rank = levels.rank(value, before);
      ranks[span] = rank;
      this.lowest = Math.min(this.lowest, rank);
      this.highest = Math.max(this.highest, rank);
      if (span > 0 && ranks[span - 1] !== MISSING_RANK) {
        const [low, high] = [Math.min(before, rank), Math.max(before, rank)];
        this.crossings[span] = crossings.add(low, high, values[column - 1]!, value, column - 1, row, 1, 0);
      }
      const from = bounds[rank]!;
      const below = bounds[rank + 1]!;
      for (column++; column < width; column++) {
        const next = values[column]!;
        if (!(next >= from && next < below)) break;
      }
    }
    starts[span] = width;
  }
}
