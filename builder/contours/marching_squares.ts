import { Crossings } from "./crossings.ts";
import { LevelRanks } from "./level_ranks.ts";
import { MISSING_RANK, RankedRow } from "./ranked_row.ts";

/**
 * Contours by marching squares, for all levels at once, of a field whose rows come one after another. A cell, which is
 * between four neighbouring points, has the contours of the levels between its corners. A value equal to a level counts
 * as above it. In a saddle, where corners are above and below in turn, the mean of the four corners decides which of
 * them are connected. A cell with a missing corner has no contours.
 *
 * @see Maple, C. (2003): Geometric design and space planning using the marching squares and marching cube algorithms
 */
export class MarchingSquares {
  /** Crossings of the rows so far, and which of them follow each other on a contour. */
  readonly crossings: Crossings;
  /** Number of the crossings between the points of rows so far. */
  crossingsAlongRows = 0;
  readonly #ranks: LevelRanks;
  #north: RankedRow;
  #south: RankedRow;
  #rows = 0;
  /** Column of the last east side of a cell, and its first crossing: it is the west side of the next cell. */
  #eastColumn = -1;
  #eastCrossing = 0;

  /** @param levels ascending, in the field's unit, without duplicates */
  constructor(width: number, levels: readonly number[]) {
    this.#ranks = new LevelRanks(levels);
    this.crossings = new Crossings(levels);
    this.#north = new RankedRow(width);
    this.#south = new RankedRow(width);
  }

  /** Adds the next row to the south. NaN is missing. */
  addRow(values: Float32Array): void {
    [this.#north, this.#south] = [this.#south, this.#north];
    const before = this.crossings.length;
    this.#south.set(values, this.#rows, this.#ranks, this.crossings);
    this.crossingsAlongRows += this.crossings.length - before;
    if (this.#rows > 0) this.#joinCells();
    this.#rows++;
  }

  /** Number of the crossings between the points of columns so far. */
  get crossingsAlongColumns(): number {
    return this.crossings.length - this.crossingsAlongRows;
  }

  /** Returns the levels that have values below and values at or above them in the rows so far. */
  levelsBetweenValues(): number[] {
    const lowest = Math.min(this.#north.lowest, this.#south.lowest);
    const highest = Math.max(this.#north.highest, this.#south.highest);
    return [...this.crossings.levels.subarray(lowest, highest)];
  }

  /** Joins the crossings of each cell between the two rows: a cell without a corner in another span has none. */
  #joinCells(): void {
    const { starts: northStarts, ranks: northRanks, crossings: northCrossings } = this.#north;
    const { starts: southStarts, ranks: southRanks, crossings: southCrossings } = this.#south;
    const width = this.#north.values.length;
    this.#eastColumn = -1;
    let [nw, sw] = [MISSING_RANK, MISSING_RANK];
    for (let column = 0, north = 0, south = 0; column < width;) {
      const ne = northRanks[north]!;
      const se = southRanks[south]!;
      if (column > 0) this.#joinCell(column - 1, nw, ne, sw, se, northCrossings[north]!, southCrossings[south]!);
      const northEnd = northStarts[north + 1]!;
      const southEnd = southStarts[south + 1]!;
      const end = Math.min(northEnd, southEnd);
      if (ne !== se) {
        for (let inner = column; inner < end - 1; inner++) this.#joinCell(inner, ne, ne, se, se, 0, 0);
      }
      if (northEnd === end) north++;
      if (southEnd === end) south++;
      column = end;
      nw = ne;
      sw = se;
    }
  }

  /**
   * Joins the crossings of a cell.
   * @param nw rank of its corner in the north-west, and so on
   * @param north the first crossing of its north side, if the ranks of its ends differ
   */
  #joinCell(column: number, nw: number, ne: number, sw: number, se: number, north: number, south: number): void {
    const low = Math.min(nw, ne, sw, se);
    if (low === MISSING_RANK) return;
    const high = Math.max(nw, ne, sw, se);
    const west = nw === sw ? 0 : this.#eastColumn === column ? this.#eastCrossing : this.#crossColumn(column, nw, sw);
    const east = ne === se ? 0 : this.#crossColumn(column + 1, ne, se);
    this.#eastColumn = column + 1;
    this.#eastCrossing = east;
    const { crossings } = this;
    // The crossing of a level on each side: this and the level's index.
    const northAt = north - Math.min(nw, ne);
    const southAt = south - Math.min(sw, se);
    const westAt = west - Math.min(nw, sw);
    const eastAt = east - Math.min(ne, se);
    for (let level = low; level < high; level++) {
      const isNwAbove = nw > level;
      const isNeAbove = ne > level;
      const isSwAbove = sw > level;
      const isSeAbove = se > level;
      if (isNwAbove === isSeAbove && isNeAbove === isSwAbove) {
        // A saddle: the contours cut off the two corners that differ from the mean.
        const isNwCutOff = isNwAbove !== this.#isMeanAbove(column, level);
        crossings.join(northAt + level, (isNwCutOff ? westAt : eastAt) + level);
        crossings.join(southAt + level, (isNwCutOff ? eastAt : westAt) + level);
        continue;
      }
      // The contour passes two of the four sides.
      const onNorth = isNwAbove !== isNeAbove;
      const onSouth = isSwAbove !== isSeAbove;
      const onEast = isNeAbove !== isSeAbove;
      const onWest = isNwAbove !== isSwAbove;
      const a = onNorth ? northAt : onSouth ? southAt : westAt;
      const b = onEast ? eastAt : onWest ? westAt : southAt;
      crossings.join(a + level, b + level);
    }
  }

  /** Adds the crossings between the two points of a column, and returns the first. */
  #crossColumn(column: number, northRank: number, southRank: number): number {
    const [low, high] = [Math.min(northRank, southRank), Math.max(northRank, southRank)];
    const [from, to] = [this.#north.values[column]!, this.#south.values[column]!];
    return this.crossings.add(low, high, from, to, column, this.#rows - 1, 0, 1);
  }

  /** Returns whether the mean of a cell's corners is at or above a level. */
  #isMeanAbove(column: number, level: number): boolean {
    const { values: north } = this.#north;
    const { values: south } = this.#south;
    const sum = north[column]! + north[column + 1]! + south[column]! + south[column + 1]!;
    return sum / 4 >= this.crossings.levels[level]!;
  }
}
