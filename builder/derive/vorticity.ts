import { isLatLon, type SourceGeometry } from "../grib/geometry.ts";
import type { Field } from "../field/field.ts";

/** Angular velocity of the earth's rotation, s-1. */
const ANGULAR_VELOCITY = 7.292115e-5;

/**
 * Computes absolute from relative vorticity, s-1: ζ + 2Ω sin φ. NaN stays NaN.
 * @throws RangeError unless rows are parallels of latitude
 */
export function absoluteVorticity(relative: Field, geometry: SourceGeometry): Field {
  if (!isLatLon(geometry)) throw new RangeError(`Cannot add the earth's rotation on "${geometry.projection}"`);
  const [, , , northDeg, , stepDeg] = geometry.geoTransform;
  const values = new Float32Array(relative.values.length);
  for (let row = 0, i = 0; row < relative.height; row++) {
    const latitude = (northDeg + (row + 0.5) * stepDeg) * Math.PI / 180;
    const planetary = 2 * ANGULAR_VELOCITY * Math.sin(latitude);
    for (let column = 0; column < relative.width; column++, i++) values[i] = relative.values[i]! + planetary;
  }
  return { ...relative, values };
}
