/**
 * Lines in pixels, one after another in the same arrays: the first point of the field is at 0, 0, x grows to the east
 * and y to the south. A line is closed when its first point is also its last.
 */
export interface PixelLines {
  readonly x: Float64Array<ArrayBuffer>;
  readonly y: Float64Array<ArrayBuffer>;
  /** Index of the first point of each line, and of the end of the last one. */
  readonly starts: Int32Array<ArrayBuffer>;
  /** Level of each line. */
  readonly levels: Float64Array<ArrayBuffer>;
}

/** Computes the length of each line, in pixels. */
export function lineLengths({ x, y, starts, levels }: PixelLines): Float64Array {
  const lengths = new Float64Array(levels.length);
  for (let line = 0; line < lengths.length; line++) {
    let length = 0;
    for (let i = starts[line]! + 1; i < starts[line + 1]!; i++) {
      const dx = x[i]! - x[i - 1]!;
      const dy = y[i]! - y[i - 1]!;
      length += Math.sqrt(dx * dx + dy * dy); // Math.hypot takes many times longer
    }
    lengths[line] = length;
  }
  return lengths;
}
