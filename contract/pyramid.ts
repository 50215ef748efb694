import type { Grid } from "./grid.ts";
import { MERCATOR_HALF_SIDE_M, type MercatorBox } from "./projection.ts";
import { tileBox, type TileId, tileResolutionM } from "./tile.ts";

/** One image of a raster's pyramid: the full image or an overview. All of them span the same box. */
export interface Level {
  readonly width: number;
  readonly height: number;
  readonly pixelWidthM: number;
  readonly pixelHeightM: number;
}

/** Overviews are added until one is no wider and no higher than this, so that zoom 0 reads an image of its own size. */
const SMALLEST_OVERVIEW_PX = 256;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Returns the decimation factors of a grid's overviews: 2, 4, 8 … A grid has at least one. */
export function overviewFactors({ width, height }: Size): number[] {
  const factors: number[] = [];
  for (
    let factor = 2;
    factors.length === 0 || Math.max(width, height) * 2 > SMALLEST_OVERVIEW_PX * factor;
    factor *= 2
  ) {
    factors.push(factor);
  }
  return factors;
}

/** Returns the size of GDAL's overview with this factor. */
export function reducedSize({ width, height }: Size, factor: number): Size {
  return { width: Math.ceil(width / factor), height: Math.ceil(height / factor) };
}

/** The levels of a grid's pyramid: the full image first, the coarsest overview last. */
export function pyramidLevels(grid: Grid): Level[] {
  return [1, ...overviewFactors(grid)].map((factor) => {
    const { width, height } = reducedSize(grid, factor);
    return {
      width,
      height,
      pixelWidthM: (grid.eastM - grid.westM) / width,
      pixelHeightM: (grid.northM - grid.southM) / height,
    };
  });
}

/** The coarsest level whose pixels are no larger than the tile's; the full image when none is that fine. */
export function levelFor<L extends Level>(levels: readonly L[], resolutionM: number): L {
  let best = levels[0]!;
  for (const level of levels) {
    if (level.pixelWidthM <= resolutionM && level.pixelWidthM > best.pixelWidthM) best = level;
  }
  return best;
}

/** Position of a tile's pixel that lies outside the image. */
export const OUTSIDE = -1;

/**
 * The part of an image under a tile: for each column and row of the tile, the column and row of the level under the
 * pixel's centre, or OUTSIDE.
 */
export interface TileWindow<L extends Level = Level> {
  readonly level: L;
  readonly columns: Int32Array;
  readonly rows: Int32Array;
}

/** Lays a tile over an image: nothing is scaled or blended, each pixel of the tile shows one pixel of a level. */
export function tileWindow<L extends Level>(
  tile: TileId,
  tileSizePx: number,
  levels: readonly L[],
  box: MercatorBox,
): TileWindow<L> {
  const resolutionM = tileResolutionM(tile.z, tileSizePx);
  const level = levelFor(levels, resolutionM);
  const { westM, northM } = tileBox(tile);
  const columns = new Int32Array(tileSizePx);
  const rows = new Int32Array(tileSizePx);
  for (let i = 0; i < tileSizePx; i++) {
    columns[i] = columnUnder(westM + (i + 0.5) * resolutionM, level, box);
    rows[i] = rowUnder(northM - (i + 0.5) * resolutionM, level, box);
  }
  return { level, columns, rows };
}

/** A pixel of a level. */
export interface LevelCell<L extends Level = Level> {
  readonly level: L;
  readonly column: number;
  readonly row: number;
}

/** Returns the pixel of an image that a map of this zoom shows at a point in EPSG:3857; null outside the image. */
export function shownCell<L extends Level>(
  { xM, yM }: { readonly xM: number; readonly yM: number },
  zoom: number,
  tileSizePx: number,
  levels: readonly L[],
  box: MercatorBox,
): LevelCell<L> | null {
  const resolutionM = tileResolutionM(zoom, tileSizePx);
  const level = levelFor(levels, resolutionM);
  const [acrossPx, downPx] = [MERCATOR_HALF_SIDE_M + xM, MERCATOR_HALF_SIDE_M - yM].map((m) =>
    Math.floor(m / resolutionM)
  ) as [number, number];
  const [x, y] = [Math.floor(acrossPx / tileSizePx), Math.floor(downPx / tileSizePx)];
  const { westM, northM } = tileBox({ z: zoom, x, y });
  // The pixel's centre, as `tileWindow` computes it, so that both find the same cell.
  const column = columnUnder(westM + (acrossPx - x * tileSizePx + 0.5) * resolutionM, level, box);
  const row = rowUnder(northM - (downPx - y * tileSizePx + 0.5) * resolutionM, level, box);
  return column === OUTSIDE || row === OUTSIDE ? null : { level, column, row };
}

function columnUnder(xM: number, level: Level, box: MercatorBox): number {
  return within((xM - box.westM) / level.pixelWidthM, level.width);
}

function rowUnder(yM: number, level: Level, box: MercatorBox): number {
  return within((box.northM - yM) / level.pixelHeightM, level.height);
}

function within(position: number, limit: number): number {
  const index = Math.floor(position);
  return index >= 0 && index < limit ? index : OUTSIDE;
}
