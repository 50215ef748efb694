import { type Crossings, NO_CROSSING } from "./crossings.ts";
import type { PixelLines } from "./pixel_lines.ts";

/** Joins neighbouring crossings to lines: first those with two ends, then the closed ones. */
export function joinCrossings(crossings: Crossings): PixelLines {
  const { neighbours, length } = crossings;
  const lines = new LineWriter(crossings);
  for (let crossing = 0; crossing < length; crossing++) {
    const isEnd = neighbours[2 * crossing] !== NO_CROSSING && neighbours[2 * crossing + 1] === NO_CROSSING;
    if (isEnd) lines.follow(crossing);
  }
  for (let crossing = 0; crossing < length; crossing++) {
    if (neighbours[2 * crossing + 1] !== NO_CROSSING) lines.follow(crossing);
  }
  return lines.finish();
}

class LineWriter {
  readonly #crossings: Crossings;
  readonly #isWritten: Uint8Array;
  readonly #x: Float64Array<ArrayBuffer>;
  readonly #y: Float64Array<ArrayBuffer>;
  readonly #starts: number[] = [0];
  readonly #levels: number[] = [];
  #length = 0;

  constructor(crossings: Crossings) {
    this.#crossings = crossings;
    this.#isWritten = new Uint8Array(crossings.length);
    // A closed line, which has at least four crossings, repeats one.
    const most = Math.ceil(crossings.length * 5 / 4);
    this.#x = new Float64Array(most);
    this.#y = new Float64Array(most);
  }

  /** Writes the line from a crossing to its other end, or back to it. A crossing that was written is left out. */
  follow(from: number): void {
    const isWritten = this.#isWritten;
    if (isWritten[from]) return;
    const { x, y, level, levels, neighbours } = this.#crossings;
    const [lineX, lineY] = [this.#x, this.#y];
    let length = this.#length;
    let before = NO_CROSSING;
    let crossing = from;
    do {
      isWritten[crossing] = 1;
      lineX[length] = x[crossing]!;
      lineY[length] = y[crossing]!;
      length++;
      const next = neighbours[2 * crossing]! === before ? neighbours[2 * crossing + 1]! : neighbours[2 * crossing]!;
      before = crossing;
      crossing = next;
    } while (crossing !== NO_CROSSING && !isWritten[crossing]);
    if (crossing === from) {
      lineX[length] = x[from]!;
      lineY[length] = y[from]!;
      length++;
    }
    this.#length = length;
    this.#starts.push(length);
    this.#levels.push(levels[level[from]!]!);
  }

  finish(): PixelLines {
    return {
      x: this.#x.subarray(0, this.#length),
      y: this.#y.subarray(0, this.#length),
      starts: Int32Array.from(this.#starts),
      levels: Float64Array.from(this.#levels),
    };
  }
}
