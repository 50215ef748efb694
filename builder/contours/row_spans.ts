import type { Field } from "../field/field.ts";

/** A range of columns, without its end. */
export interface Reach {
  readonly from: number;
  readonly to: number;
}

/** Columns between which cells of a row are present, by row. An end is the column after the last one. */
export class RowSpans {
  /** First present column; the width when all cells are missing. */
  readonly first: Int32Array;
  /** Column after the last present one; 0 when all cells are missing. */
  readonly end: Int32Array;
  /** Longest span without a missing cell. */
  readonly solidStart: Int32Array;
  readonly solidEnd: Int32Array;

  readonly #width: number;

  constructor(width: number, height: number) {
    this.#width = width;
    this.first = new Int32Array(height);
    this.end = new Int32Array(height);
    this.solidStart = new Int32Array(height);
    this.solidEnd = new Int32Array(height);
  }

  /** Notes the spans of a row, and copies it to `copy` from `offset` on, with 0 for missing cells. */
  copyRow({ width, values }: Field, row: number, copy: Float32Array, offset: number): void {
    const start = row * width;
    let [first, end, solidStart, solidEnd] = [width, 0, 0, 0];
    for (let column = 0; column < width;) {
      const spanStart = column;
      for (; column < width; column++) {
        const value = values[start + column]!;
        if (value !== value) break;
        copy[offset + column] = value;
      }
      if (column > spanStart) {
        first = Math.min(first, spanStart);
        end = column;
        if (column - spanStart > solidEnd - solidStart) [solidStart, solidEnd] = [spanStart, column];
      }
      for (; column < width; column++) {
        const value = values[start + column]!;
        if (value === value) break;
        copy[offset + column] = 0;
      }
    }
    this.first[row] = first;
    this.end[row] = end;
    this.solidStart[row] = solidStart;
    this.solidEnd[row] = solidEnd;
  }

  /**
   * Returns the columns of a row whose squares, or those of the row before, have present cells. Rows outside the field
   * have none.
   */
  reach(row: number, radius: number): Reach {
    let [first, end] = [this.#width, 0];
    const lastRow = Math.min(row + radius, this.first.length - 1);
    for (let other = Math.max(0, row - radius - 1); other <= lastRow; other++) {
      first = Math.min(first, this.first[other]!);
      end = Math.max(end, this.end[other]!);
    }
    return { from: Math.max(0, first - radius), to: Math.min(this.#width, end + radius) };
  }
}
