import { type Address, callForHandle, gdal } from "./library.ts";
import type { SpatialReference } from "./spatial_reference.ts";

/**
 * Turns coordinates of one reference system into those of another, in place. A point that cannot be turned becomes
 * infinite.
 * @throws GdalError when there is no way from one to the other
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
    // The answer only says whether all points could be turned; each one that could not is infinite.
    symbols.OCTTransform(handle, x.length, x, y, new Float64Array(x.length));
    symbols.CPLErrorReset();
  } finally {
    symbols.OCTDestroyCoordinateTransformation(handle);
  }
}
