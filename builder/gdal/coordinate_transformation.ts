import { type Address, callForHandle, gdal } from "./library.ts";
import type { SpatialReference } from "./spatial_reference.ts";

/**
 * Converts coordinates from one reference system to another, in place. A point that cannot be converted becomes
 * infinite.
 * @throws GdalError when there is no transformation between the two systems
 */
export function transformPoints(
  from: SpatialReference,
  to: SpatialReference,
  x: Float64Array<ArrayBuffer>,
  y: Float64Array<ArrayBuffer>,
): void {
  if (x.length !== y.length) throw new RangeError(`Cannot transform ${x.length} × ${y.length} coordinates`);
  const handle: Address = callForHandle(
    "OCTNewCoordinateTransformation",
    null,
    (gdal) => gdal.OCTNewCoordinateTransformation(from.handle, to.handle),
  );
  const { symbols } = gdal();
  try {
    symbols.CPLErrorReset();
    // The result only tells whether all points were converted; each point that was not is infinite.
    symbols.OCTTransform(handle, x.length, x, y, new Float64Array(x.length));
    symbols.CPLErrorReset();
  } finally {
    symbols.OCTDestroyCoordinateTransformation(handle);
  }
}
