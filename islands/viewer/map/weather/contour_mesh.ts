import type { ContourCollection } from "../../../../contract/contours.ts";
import { normalizedX, normalizedY } from "../../../../contract/projection.ts";

/** Coordinate that separates two contours: outside normalized Web Mercator (0–1). */
export const GAP = -1;

/**
 * Returns the points of contours for the graphics card: x and y in normalized Web Mercator (0–1) from the north-west,
 * with a gap before, between and after contours.
 */
export function contourMesh({ features }: ContourCollection): Float32Array<ArrayBuffer> {
  const points = features.reduce((sum, { geometry }) => sum + geometry.coordinates.length + 1, 1);
  const mesh = new Float32Array(points * 2);
  let at = 0;
  const add = (x: number, y: number) => {
    mesh[at++] = x;
    mesh[at++] = y;
  };
  add(GAP, GAP);
  for (const { geometry } of features) {
    for (const [lonDeg, latDeg] of geometry.coordinates) {
      add(normalizedX(lonDeg), normalizedY(latDeg));
    }
    add(GAP, GAP);
  }
  return mesh;
}
