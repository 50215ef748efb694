import type { MercatorBox } from "./projection.ts";

/** Side of the internal tiles of a COG. */
export const BLOCK_SIZE_PX = 512;

/** A north-up raster grid in EPSG:3857 with square pixels, aligned to multiples of its pixel size. */
export interface Grid extends MercatorBox {
  readonly pixelSizeM: number;
  readonly width: number;
  readonly height: number;
}

/** The two grids of a model. They share one extent; a value pixel is `valueFactor` × `valueFactor` display pixels. */
export interface ModelGrids {
  readonly display: Grid;
  readonly value: Grid;
  readonly valueFactor: number;
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
 * Lays out the grids of a model over a coverage: the extent is snapped to the value pixel, so both grids share it.
 * @throws RangeError unless `valueFactor` is an integer ≥ 1.
 */
export function modelGrids(coverage: MercatorBox, displayPixelM: number, valueFactor: number): ModelGrids {
  if (!Number.isInteger(valueFactor) || valueFactor < 1) {
    throw new RangeError(`Cannot lay out a value grid with factor ${valueFactor}: expected an integer of at least 1`);
  }
  const extent = snapOutwards(coverage, displayPixelM * valueFactor);
  const grid = (pixelSizeM: number): Grid => ({
    ...extent,
    pixelSizeM,
    width: Math.round((extent.eastM - extent.westM) / pixelSizeM),
    height: Math.round((extent.northM - extent.southM) / pixelSizeM),
  });
  return { display: grid(displayPixelM), value: grid(displayPixelM * valueFactor), valueFactor };
}

/** Column and row of the cell that holds a point, or null outside the grid. West and north edges are inside. */
export function cellAt(grid: Grid, xM: number, yM: number): { column: number; row: number } | null {
  const column = Math.floor((xM - grid.westM) / grid.pixelSizeM);
  const row = Math.floor((grid.northM - yM) / grid.pixelSizeM);
  return column >= 0 && row >= 0 && column < grid.width && row < grid.height ? { column, row } : null;
}
