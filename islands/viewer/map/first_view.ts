import { fetchContours } from "../requests/api.ts";
import { boundsOf, sizeOf } from "../state/camera.ts";
import type { Viewer } from "../state/viewer.ts";
import { tileAddress } from "./weather/tile_address.ts";
import { rangeInView, tilesOf } from "./weather/tiles_in_view.ts";

/** Requests the first frame's tiles and contours while the map's own script is still loading. */
export function fetchFirstView(viewer: Viewer, container: HTMLElement): void {
  const size = sizeOf(container);
  const { sync, model } = viewer.first;
  const { native_zoom: nativeZoom, coverage } = model.peek();
  const frame = sync.requested.peek();
  const camera = viewer.view.firstCamera(size);
  const range = rangeInView({
    zoom: camera.zoom,
    bounds: boundsOf(camera, size),
    tileSizePx: viewer.props.tileSizePx,
    nativeZoom,
    coverage,
  });
  const pending = [
    ...(range ? tilesOf(range) : []).map((tile) => viewer.tiles.get(tileAddress(frame, tile))),
    fetchContours(frame, sync.sidecar.peek()),
  ];
  // Errors are ignored here: the map requests the same again and reports them.
  Promise.allSettled(pending);
}
