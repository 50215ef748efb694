import type { MercatorBox } from "./projection.ts";

/** Side of the internal tiles of a COG. */
export const BLOCK_SIZE_PX = 512;

/** A north-up raster grid in EPSG:3857 with square pixels, aligned to multiples of its pixel size. */
export interface Grid extends MercatorBox {
  readonly pixelSizeM: number;
  readonly width: number;
  readonly height: number;
}

/** GDAL's six affine coefficients of a grid: west, pixel width, 0, north, 0, −pixel height. */
export type GeoTransform = readonly [number, number, number, number, number, number];

export function geoTransform(grid: Grid): GeoTransform {
  return [grid.westM, grid.pixelSizeM, 0, grid.northM, 0, -grid.pixelSizeM];
}

/** Snaps a box outwards to multiples of `pixelSizeM`, as `gdalwarp -tap` does. */
export function snapOutwards(box: MercatorBox, pixelSizeM: number): MercatorBox {
  return {
    westM: Math.floor(box.westM / pixelSizeM) * pixelSizeM,
    southM: Math.floor(box.southM / pixelSizeM) * pixelSizeM,
    eastM: Math.ceil(box.eastM / pixelSizeM) * pixelSizeM,
    northM: Math.ceil(box.northM / pixelSizeM) * pixelSizeM,
  };
}

/**
 * Lays out the grid of a model over a coverage.
 * @param alignmentPx the extent is snapped outwards to multiples of this number of pixels
 * @throws RangeError unless `alignmentPx` is an integer ≥ 1
 */
export function modelGrid(coverage: MercatorBox, pixelSizeM: number, alignmentPx: number): Grid {
  if (!Number.isInteger(alignmentPx) || alignmentPx < 1) {
    throw new RangeError(`Cannot align a grid to ${alignmentPx} pixels: expected an integer of at least 1`);
  }
  return gridOver(snapOutwards(coverage, pixelSizeM * alignmentPx), pixelSizeM);
}

/** Returns the grid of square pixels that fills an extent. The extent is a multiple of the pixel size. */
export function gridOver(extent: MercatorBox, pixelSizeM: number): Grid {
  const { westM, southM, eastM, northM } = extent;
  return {
    westM,
    southM,
    eastM,
    northM,
    pixelSizeM,
    width: Math.round((eastM - westM) / pixelSizeM),
    height: Math.round((northM - southM) / pixelSizeM),
  };
}

/** Column and row of the cell that holds a point, or null outside the grid. West and north edges are inside. */
export function cellAt(grid: Grid, xM: number, yM: number): { column: number; row: number } | null {
  const column = Math.floor((xM - grid.westM) / grid.pixelSizeM);
  const row = Math.floor((grid.northM - yM) / grid.pixelSizeM);
  return column >= 0 && row >= 0 && column < grid.width && row < grid.height ? { column, row } : null;
}
