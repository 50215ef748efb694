import { callForStatus } from "./library.ts";
import type { Dataset } from "./dataset.ts";

/** @see gdalwarper.h, GDALResampleAlg */
const RESAMPLING = { nearest: 0, bilinear: 1 } as const;
export type Resampling = keyof typeof RESAMPLING;

/** gdalwarp's own default: coordinates are interpolated along a row as long as they are this good, in source pixels. */
const MAX_ERROR_PX = 0.125;
const MEMORY_LIMIT_BYTES = 256 * 1024 * 1024;

/**
 * Warps the bands of one dataset onto the grid of another. Nodata of the source contributes nothing; pixels of the
 * target outside the source keep what they held, so the caller fills it with nodata first.
 * @throws GdalError
 */
export function warpInto(source: Dataset, target: Dataset, resampling: Resampling): void {
  const none = new Uint8Array(); // NULL: both datasets carry their reference systems
  callForStatus("GDALReprojectImage", source.path, (gdal) =>
    gdal.GDALReprojectImage(
      source.handle,
      none,
      target.handle,
      none,
      RESAMPLING[resampling],
      MEMORY_LIMIT_BYTES,
      MAX_ERROR_PX,
      0n,
      0n,
      0n,
    ));
}
