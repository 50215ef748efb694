import type { Map as MapLibreMap } from "maplibre-gl";
import { FIRST_OVERLAY_LAYER, LINE } from "./basemap_style.ts";

export const COUNTIES_LAYER = "counties";
const MIN_ZOOM = 6.2;

/**
 * Adds the counties once the map is near enough to show them: they are a third of the basemap's bytes, and most views
 * work without them.
 * @returns a function that ends the check
 */
export function showCountiesWhenNear(map: MapLibreMap, data: string): () => void {
  if (!map.getLayer(FIRST_OVERLAY_LAYER)) return () => {}; // a custom basemap style
  const look = () => {
    if (map.getZoom() < MIN_ZOOM || map.getSource(COUNTIES_LAYER)) return;
    map.addSource(COUNTIES_LAYER, { type: "geojson", data });
    map.addLayer({
      id: COUNTIES_LAYER,
      type: "line",
      source: COUNTIES_LAYER,
      minzoom: MIN_ZOOM,
      paint: {
        "line-color": LINE,
        "line-width": 0.6,
        "line-opacity": ["interpolate", ["linear"], ["zoom"], MIN_ZOOM, 0, MIN_ZOOM + 1, 0.4],
      },
    }, FIRST_OVERLAY_LAYER);
  };
  look();
  map.on("zoom", look);
  return () => map.off("zoom", look);
}
