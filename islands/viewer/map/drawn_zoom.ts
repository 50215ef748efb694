import type { Pane } from "../state/pane.ts";
import type { Viewer } from "../state/viewer.ts";
import { tileZoom } from "./weather/tiles_in_view.ts";

/** Returns the zoom of the tiles that a pane draws on its map. */
export function drawnZoom(map: { getZoom(): number }, { props: { tileSizePx } }: Viewer, pane: Pane): number {
  return tileZoom({ zoom: map.getZoom(), tileSizePx, nativeZoom: pane.model.peek().native_zoom });
}
