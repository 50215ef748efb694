/** A crossing that is followed by none, or by none yet. */
export const NO_CROSSING = -1;

/**
 * Smallest distance of a crossing from a point of the field, in pixels: the contour of a level that is equal to a value
 * passes the point on its lower side, and does not touch itself.
 */
const LEAST_DISTANCE_PX = 2 ** -20;
const INITIAL_CAPACITY = 1 << 16;

/**
 * Points where contours cross the edges between neighbouring points of a field, in pixels: the first point of the field
 * is at 0, 0, x grows to the east and y to the south.
 */
export class Crossings {
  /** Levels of the contours, ascending. */
  readonly levels: Float64Array<ArrayBuffer>;
  length = 0;
  x = new Float64Array(INITIAL_CAPACITY);
  y = new Float64Array(INITIAL_CAPACITY);
  /** Index of the level, by crossing. */
  level = new Int16Array(INITIAL_CAPACITY);
  /** The two neighbours of each crossing on its contour, or `NO_CROSSING`. */
  neighbours = new Int32Array(2 * INITIAL_CAPACITY).fill(NO_CROSSING);

  constructor(levels: readonly number[]) {
    this.levels = Float64Array.from(levels);
  }

  /**
   * Adds the crossings of an edge, by ascending level, and returns the first. The values change linearly along it.
   * @param lowRank the lower of the ranks of the edge's two values
   * @param from the value at `x`, `y`
   * @param to the value at `x + dx`, `y + dy`
   */
  add(
    lowRank: number,
    highRank: number,
    from: number,
    to: number,
    x: number,
    y: number,
    dx: 0 | 1,
    dy: 0 | 1,
  ): number {
    const first = this.length;
    this.length = first + highRank - lowRank;
    while (this.length > this.x.length) this.#grow();
    for (let level = lowRank, at = first; level < highRank; level++, at++) {
      const part = (this.levels[level]! - from) / (to - from);
      const distance = Math.min(Math.max(part, LEAST_DISTANCE_PX), 1 - LEAST_DISTANCE_PX);
      this.x[at] = x + dx * distance;
      this.y[at] = y + dy * distance;
      this.level[at] = level;
    }
    return first;
  }

  /** Makes two crossings neighbours. */
  join(a: number, b: number): void {
    const { neighbours } = this;
    neighbours[neighbours[2 * a] === NO_CROSSING ? 2 * a : 2 * a + 1] = b;
    neighbours[neighbours[2 * b] === NO_CROSSING ? 2 * b : 2 * b + 1] = a;
  }

  #grow(): void {
    const capacity = 2 * this.x.length;
    const { x, y, level, neighbours } = this;
    this.x = new Float64Array(capacity);
    this.x.set(x);
    this.y = new Float64Array(capacity);
    this.y.set(y);
    this.level = new Int16Array(capacity);
    this.level.set(level);
    this.neighbours = new Int32Array(2 * capacity).fill(NO_CROSSING, neighbours.length);
    this.neighbours.set(neighbours);
  }
}
