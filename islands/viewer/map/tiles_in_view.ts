import { MERCATOR_HALF_SIDE_M, mercatorX, mercatorY } from "../../../contract/projection.ts";
import type { TileId } from "../../../contract/tile.ts";

/** West, south, east, north in degrees. */
export type Bounds = readonly [number, number, number, number];

/** What decides which tiles a map draws. */
export interface ViewOfTiles {
  /** Of the map, where the world is 512 px wide at 0. */
  readonly zoom: number;
  readonly bounds: Bounds;
  readonly tileSizePx: number;
  readonly nativeZoom: number;
  /** No tile is asked for beyond. */
  readonly coverage: Bounds;
}

/** The tiles that an unturned map draws of a raster source, as MapLibre chooses them. */
export function tilesInView({ zoom, bounds, tileSizePx, nativeZoom, coverage }: ViewOfTiles): TileId[] {
  const z = Math.max(0, Math.min(Math.round(zoom + Math.log2(512 / tileSizePx)), nativeZoom));
  const west = Math.max(bounds[0], coverage[0]);
  const south = Math.max(bounds[1], coverage[1]);
  const east = Math.min(bounds[2], coverage[2]);
  const north = Math.min(bounds[3], coverage[3]);
  if (west >= east || south >= north) return [];
  const side = 2 ** z;
  const column = (lonDeg: number) => (mercatorX(lonDeg) + MERCATOR_HALF_SIDE_M) / (2 * MERCATOR_HALF_SIDE_M) * side;
  const row = (latDeg: number) => (MERCATOR_HALF_SIDE_M - mercatorY(latDeg)) / (2 * MERCATOR_HALF_SIDE_M) * side;
  const tiles: TileId[] = [];
  // Latitudes go further than the square of the world does, and there is no tile beyond it.
  const lastRow = Math.min(Math.ceil(row(south)), side) - 1;
  for (let y = Math.max(Math.floor(row(north)), 0); y <= lastRow; y++) {
    for (let x = Math.floor(column(west)); x < Math.ceil(column(east)); x++) tiles.push({ z, x, y });
  }
  return tiles;
}
