import { normalizedX, normalizedY } from "../../../../contract/projection.ts";
import type { TileId } from "../../../../contract/tile.ts";

/** West, south, east, north in degrees. */
export type Bounds = readonly [number, number, number, number];

/** What decides which tiles a map draws. */
export interface ViewOfTiles {
  /** Of the map, where the world is 512 px wide at 0. */
  readonly zoom: number;
  /** Longitudes go on beyond the antimeridian: a map shows the world again there. */
  readonly bounds: Bounds;
  readonly tileSizePx: number;
  readonly nativeZoom: number;
  /** No tile is asked for beyond. */
  readonly coverage: Bounds;
}

/** Neighbouring tiles of a zoom, from the north-western one on. */
export interface TileRange {
  readonly z: number;
  /** The first column; beyond the world where the view goes over the antimeridian. */
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly rows: number;
}

/**
 * The tiles that show what an unturned map has in view: of the zoom whose pixels are nearest to the screen's, but no deeper
 * than the native one. @returns null where view and coverage do not meet
 */
export function rangeInView({ zoom, bounds, tileSizePx, nativeZoom, coverage }: ViewOfTiles): TileRange | null {
  const z = Math.max(0, Math.min(Math.round(zoom + Math.log2(512 / tileSizePx)), nativeZoom));
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
  // Latitudes go further than the square of the world does, and there is no tile beyond it.
  const y = Math.max(Math.floor(row(north)), 0);
  return { z, x, y, columns, rows: Math.min(Math.ceil(row(south)), side) - y };
}

/**
 * The same of a zoom at which they fit side by side into one texture: a very large screen has more pixels than that, and
 * shows them larger.
 * @param mostPx the longest side of a texture; null when the graphics card is lost, and nothing can be drawn
 * @returns null also where not even the whole world in one tile fits
 */
export function rangeInTexture(view: ViewOfTiles, mostPx: number | null): TileRange | null {
  if (mostPx === null) return null;
  for (let nativeZoom = view.nativeZoom; nativeZoom >= 0; nativeZoom--) {
    const range = rangeInView({ ...view, nativeZoom });
    if (!range || Math.max(range.columns, range.rows) * view.tileSizePx <= mostPx) return range;
  }
  return null;
}

/** Of the world that is shown first: others show the same. */
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

/** Row by row. Columns are those of the world. */
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
