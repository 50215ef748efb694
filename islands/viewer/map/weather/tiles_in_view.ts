import { normalizedX, normalizedY } from "../../../../contract/projection.ts";
import type { TileId } from "../../../../contract/tile.ts";

/** Bounds as west, south, east, north in degrees. */
export type Bounds = readonly [number, number, number, number];

/** The properties of a view and a model that decide which tiles are drawn. */
export interface ViewOfTiles {
  /** Zoom of the map: at 0 the world is 512 px wide. */
  readonly zoom: number;
  /** Bounds of the view. Longitudes continue beyond the antimeridian, where a map repeats the world. */
  readonly bounds: Bounds;
  readonly tileSizePx: number;
  readonly nativeZoom: number;
  /** Limits of the model's data: no tile is requested beyond them. */
  readonly coverage: Bounds;
}

/** Neighbouring tiles of a zoom, starting with the north-western one. */
export interface TileRange {
  readonly z: number;
  /** The first column; outside the world where the view crosses the antimeridian. */
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly rows: number;
}

/** Returns the zoom of the tiles that a map draws: their pixels are nearest to the screen's, but no finer than native. */
export function tileZoom(
  { zoom, tileSizePx, nativeZoom }: Pick<ViewOfTiles, "zoom" | "tileSizePx" | "nativeZoom">,
): number {
  return Math.max(0, Math.min(Math.round(zoom + Math.log2(512 / tileSizePx)), nativeZoom));
}

/**
 * Returns the tiles that show the view of an unrotated map, at the zoom whose pixels are nearest to the screen's, but
 * no deeper than the native zoom.
 * @returns null when view and coverage do not overlap
 */
export function rangeInView({ zoom, bounds, tileSizePx, nativeZoom, coverage }: ViewOfTiles): TileRange | null {
  const z = tileZoom({ zoom, tileSizePx, nativeZoom });
  const across = longitudesInView(bounds, coverage);
  const south = Math.max(bounds[1], coverage[1]);
  const north = Math.min(bounds[3], coverage[3]);
  if (!across || south >= north) return null;
  const side = 2 ** z;
  const column = (lonDeg: number) => normalizedX(lonDeg) * side;
  const row = (latDeg: number) => normalizedY(latDeg) * side;
  const x = Math.floor(column(across.west));
  // A view across nearly the whole world begins and ends in the same tile.
  const columns = Math.min(Math.ceil(column(across.east)) - x, side);
  // Latitudes reach beyond Web Mercator, where there are no tiles.
  const y = Math.max(Math.floor(row(north)), 0);
  return { z, x, y, columns, rows: Math.min(Math.ceil(row(south)), side) - y };
}

/**
 * Returns the tiles in view at a zoom at which they fit side by side into one texture: a very large screen has more
 * pixels than a texture, and shows larger ones.
 * @param mostPx the longest side of a texture; null when the graphics card is lost and nothing can be drawn
 * @returns null also when not even the whole world in one tile fits
 */
export function rangeInTexture(view: ViewOfTiles, mostPx: number | null): TileRange | null {
  if (mostPx === null) return null;
  for (let nativeZoom = view.nativeZoom; nativeZoom >= 0; nativeZoom--) {
    const range = rangeInView({ ...view, nativeZoom });
    if (!range || Math.max(range.columns, range.rows) * view.tileSizePx <= mostPx) return range;
  }
  return null;
}

/** Returns the longitudes in view within one copy of the world: the other copies show the same tiles. */
function longitudesInView(bounds: Bounds, coverage: Bounds): { west: number; east: number } | null {
  if (coverage[2] - coverage[0] >= 360) return { west: bounds[0], east: Math.min(bounds[2], bounds[0] + 360) };
  let [west, east] = [Infinity, -Infinity];
  const first = Math.floor((bounds[0] - coverage[2]) / 360);
  for (let world = first; coverage[0] + world * 360 < bounds[2]; world++) {
    const from = Math.max(bounds[0] - world * 360, coverage[0]);
    const to = Math.min(bounds[2] - world * 360, coverage[2]);
    if (from >= to) continue;
    west = Math.min(west, from);
    east = Math.max(east, to);
  }
  return west < east ? { west, east } : null;
}

/** Lists the tiles of a range row by row. Columns are wrapped into the world. */
export function tilesOf({ z, x, y, columns, rows }: TileRange): TileId[] {
  const side = 2 ** z;
  return Array.from({ length: columns * rows }, (_, i) => ({
    z,
    x: ((x + i % columns) % side + side) % side,
    y: y + Math.floor(i / columns),
  }));
}

export function isSameRange(a: TileRange | null, b: TileRange | null): boolean {
  if (a === null || b === null) return a === b;
  return a.z === b.z && a.x === b.x && a.y === b.y && a.columns === b.columns && a.rows === b.rows;
}
