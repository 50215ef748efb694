import type { Field } from "../field/field.ts";
import { LevelRanks, MISSING_RANK } from "../field/level_ranks.ts";
import { Crossings } from "./crossings.ts";

/**
 * Finds where contours cross the edges between neighbouring points of a field, and which crossings follow each other,
 * in one pass over the rows for all levels: a cell has the marching squares of the levels between its corners. A value
 * equal to a level counts as above it. In a saddle, where corners are above and below in turn, the mean of the four
 * corners decides which of them are connected. A cell with a missing corner has no contours.
 *
 * @param levels ascending, in the field's unit, without duplicates
 * @see Maple, C. (2003): Geometric design and space planning using the marching squares and marching cube algorithms
 * @throws RangeError when there are more than 254 levels
 */
export function marchSquares(field: Field, levels: readonly number[]): Crossings {
  const { width, height, values } = field;
  const ranks = new LevelRanks(levels);
  const crossings = new Crossings(Float64Array.from(levels));
  let north = new RankedRow(width);
  let south = new RankedRow(width);
  for (let row = 0; row < height; row++) {
    [north, south] = [south, north];
    south.rank(values, row, ranks, crossings);
    if (row > 0) joinCells(values, row - 1, north, south, crossings);
  }
  return crossings;
}

/** The ranks of a row's values among the levels, and the crossings between them. */
class RankedRow {
  /** Ranks, padded to a multiple of four by those of missing values. */
  readonly ranks: Uint8Array<ArrayBuffer>;
  /** The same ranks, four to a number. */
  readonly fours: Int32Array<ArrayBuffer>;
  /** First crossing between a column and the next; defined where their ranks differ. */
  readonly crossings: Int32Array<ArrayBuffer>;

  constructor(width: number) {
    this.ranks = new Uint8Array(Math.ceil(width / 4) * 4).fill(MISSING_RANK);
    this.fours = new Int32Array(this.ranks.buffer);
    this.crossings = new Int32Array(width);
  }

  /** Ranks a row of values, and adds the crossings between them. */
  rank(values: Float32Array, row: number, levels: LevelRanks, crossings: Crossings): void {
    const { ranks } = this;
    const { bounds } = levels;
    const width = this.crossings.length;
    const start = row * width;
    let rank = 0;
    let column = 0;
    // Neighbours mostly have the same rank: short loops over them take a third of the time of one loop for all.
    while (column < width) {
      const value = values[start + column]!;
      if (value !== value) {
        ranks[column++] = MISSING_RANK;
        for (; column < width; column++) {
          const next = values[start + column]!;
          if (next === next) break;
          ranks[column] = MISSING_RANK;
        }
        continue;
      }
      const before = rank;
      rank = levels.rank(value, before);
      const west = column - 1;
      if (column > 0 && ranks[west] !== MISSING_RANK) {
        const [least, most] = [Math.min(before, rank), Math.max(before, rank)];
        this.crossings[west] = crossings.add(least, most, values[start + west]!, value, west, row, 1, 0);
      }
      const low = bounds[rank]!;
      const high = bounds[rank + 1]!;
      ranks[column++] = rank;
      for (; column < width; column++) {
        const next = values[start + column]!;
        if (!(next >= low && next < high)) break;
        ranks[column] = rank;
      }
    }
  }
}

/** Adds the crossings between a row of points and the next, and joins the crossings of each cell between them. */
function joinCells(
  values: Float32Array,
  row: number,
  north: RankedRow,
  south: RankedRow,
  crossings: Crossings,
): void {
  const width = north.crossings.length;
  const start = row * width;
  /** Adds the crossings between the two points of a column. */
  const addAlong = (column: number, low: number, high: number) => {
    const at = start + column;
    return crossings.add(Math.min(low, high), Math.max(low, high), values[at]!, values[at + width]!, column, row, 0, 1);
  };
  const { ranks: northRanks, fours: northFours, crossings: northCrossings } = north;
  const { ranks: southRanks, fours: southFours, crossings: southCrossings } = south;
  // The east side of a cell is the west side of the next.
  let eastColumn = -1;
  let eastCrossing = 0;
  // Four columns that are equal to the four before have no crossings, when those were equal to each other.
  let isUniform = false;
  let uniform = 0;
  for (let four = 0; four < northFours.length; four++) {
    const ranks = northFours[four]!;
    const isEqual = ranks === southFours[four]!;
    if (isEqual && isUniform && ranks === uniform) continue;
    isUniform = isEqual && ranks === Math.imul(ranks & 0xff, 0x01010101);
    uniform = ranks;
    const end = Math.min(4 * four + 3, width - 1);
    for (let column = Math.max(0, 4 * four - 1); column < end; column++) {
      const nw = northRanks[column]!;
      const ne = northRanks[column + 1]!;
      const sw = southRanks[column]!;
      const se = southRanks[column + 1]!;
      if (nw === ne && nw === sw && nw === se) continue;
      const low = Math.min(nw, ne, sw, se);
      const high = Math.max(nw, ne, sw, se);
      if (high === MISSING_RANK) continue;
      const westCrossing = nw === sw ? 0 : eastColumn === column ? eastCrossing : addAlong(column, nw, sw);
      if (ne !== se) eastCrossing = addAlong(column + 1, ne, se);
      eastColumn = column + 1;
      // What is added to a level gives the crossing of each side.
      const northAt = northCrossings[column]! - Math.min(nw, ne);
      const southAt = southCrossings[column]! - Math.min(sw, se);
      const westAt = westCrossing - Math.min(nw, sw);
      const eastAt = eastCrossing - Math.min(ne, se);
      for (let level = low; level < high; level++) {
        const isNwAbove = nw > level;
        const isNeAbove = ne > level;
        const isSwAbove = sw > level;
        const isSeAbove = se > level;
        if (isNwAbove === isSeAbove && isNeAbove === isSwAbove) {
          const at = start + column;
          const mean = (values[at]! + values[at + 1]! + values[at + width]! + values[at + width + 1]!) / 4;
          const isNwConnected = isNwAbove === (mean >= crossings.levels[level]!);
          crossings.join(northAt + level, isNwConnected ? eastAt + level : westAt + level);
          crossings.join(southAt + level, isNwConnected ? westAt + level : eastAt + level);
          continue;
        }
        const onNorth = isNwAbove !== isNeAbove;
        const onSouth = isSwAbove !== isSeAbove;
        const onEast = isNeAbove !== isSeAbove;
        const onWest = isNwAbove !== isSwAbove;
        const a = onNorth ? northAt : onSouth ? southAt : westAt;
        const b = onEast ? eastAt : onWest ? westAt : southAt;
        crossings.join(a + level, b + level);
      }
    }
  }
}
