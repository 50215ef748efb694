import type { Map as MapLibreMap } from "maplibre-gl";
import { type Bounds, rangeInTexture, type TileRange } from "./weather/tiles_in_view.ts";

/** The properties of a model that decide which tiles are drawn. */
export interface TileGrid {
  readonly tileSizePx: number;
  readonly nativeZoom: number;
  /** Limits of the model's data: no tile is requested beyond them. */
  readonly coverage: Bounds;
}

/**
 * Returns the tiles that show a map's view, side by side in one texture.
 * @returns null when the model has nothing in view, or nothing can be drawn
 */
export function rangeOnMap(map: MapLibreMap, grid: TileGrid): TileRange | null {
  const bounds = map.getBounds();
  const view = {
    ...grid,
    zoom: map.getZoom(),
    bounds: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()],
  } as const;
  const gl = map.getCanvas().getContext("webgl2")!;
  return rangeInTexture(view, gl.getParameter(gl.MAX_TEXTURE_SIZE) as number | null);
}
