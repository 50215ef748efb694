import type { PixelLines } from "./pixel_lines.ts";

/**
 * Simplifies lines so that each is within a tolerance of the original: keeps the ends of a line, and between two kept
 * points the one that is farthest from the straight line between them, unless all are within the tolerance. A closed
 * line of which a single point would be left is left out. All lines are in the same arrays, as libraries for this want
 * an object for each point.
 * @param isWanted 0 for lines that are left out
 * @see Douglas, D. and Peucker, T. (1973): Algorithms for the reduction of the number of points required to represent
 *   a digitized line or its caricature
 */
export function simplifyLines(lines: PixelLines, isWanted: Uint8Array, tolerancePx: number): PixelLines {
  const { x, y, starts, levels } = lines;
  const isKept = new Uint8Array(x.length);
  const keptStarts = [0];
  const keptLevels: number[] = [];
  let points = 0;
  for (let line = 0; line < levels.length; line++) {
    if (!isWanted[line]) continue;
    const first = starts[line]!;
    const last = starts[line + 1]! - 1;
    const kept = keepBetween(lines, first, last, tolerancePx, isKept);
    if (kept === 0 && x[first] === x[last] && y[first] === y[last]) continue;
    isKept[first] = isKept[last] = 1;
    points += kept + 2;
    keptStarts.push(points);
    keptLevels.push(levels[line]!);
  }
  const simple: PixelLines = {
    x: new Float64Array(points),
    y: new Float64Array(points),
    starts: Int32Array.from(keptStarts),
    levels: Float64Array.from(keptLevels),
  };
  for (let i = 0, at = 0; at < points; i++) {
    if (!isKept[i]) continue;
    simple.x[at] = x[i]!;
    simple.y[at] = y[i]!;
    at++;
  }
  return simple;
}

/** Marks the points to keep between two points of a line, and returns their number. */
function keepBetween(
  { x, y }: PixelLines,
  first: number,
  last: number,
  tolerancePx: number,
  isKept: Uint8Array,
): number {
  let kept = 0;
  const unchecked = [first, last];
  while (unchecked.length > 0) {
    const to = unchecked.pop()!;
    const from = unchecked.pop()!;
    const farthest = farthestBetween(x, y, from, to, tolerancePx);
    if (farthest === 0) continue;
    isKept[farthest] = 1;
    kept++;
    unchecked.push(from, farthest, farthest, to);
  }
  return kept;
}

/** Returns the point that is farthest from the straight line between two others, or 0 when all are within the tolerance. */
function farthestBetween(x: Float64Array, y: Float64Array, from: number, to: number, tolerancePx: number): number {
  const fromX = x[from]!;
  const fromY = y[from]!;
  const dx = x[to]! - fromX;
  const dy = y[to]! - fromY;
  const squaredLength = dx * dx + dy * dy;
  const scale = squaredLength === 0 ? 0 : 1 / squaredLength;
  let farthest = 0;
  let squaredDistance = tolerancePx * tolerancePx;
  for (let i = from + 1; i < to; i++) {
    const px = x[i]! - fromX;
    const py = y[i]! - fromY;
    const along = Math.min(Math.max((px * dx + py * dy) * scale, 0), 1);
    const awayX = px - along * dx;
    const awayY = py - along * dy;
    const away = awayX * awayX + awayY * awayY;
    if (away > squaredDistance) {
      squaredDistance = away;
      farthest = i;
    }
  }
  return farthest;
}
