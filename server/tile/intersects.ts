import { tileBox, type TileId } from "../../contract/tile.ts";
import type { MercatorBox } from "../../contract/projection.ts";

/** Whether a tile and a box overlap. */
export function intersects(tile: TileId, box: MercatorBox): boolean {
  const bounds = tileBox(tile);
  return bounds.westM < box.eastM && bounds.eastM > box.westM && bounds.southM < box.northM &&
    bounds.northM > box.southM;
}
