import type { Map as MapLibreMap } from "maplibre-gl";

const ID = "weather-attribution";

/**
 * Adds the weather's attribution to that of the basemap: the attribution control reads it from the sources that are
 * drawn.
 */
export function attribute(map: MapLibreMap, attribution: string): void {
  if (map.getSource(ID)?.attribution === attribution) return;
  if (map.getLayer(ID)) map.removeLayer(ID);
  if (map.getSource(ID)) map.removeSource(ID);
  map.addSource(ID, { type: "geojson", data: { type: "FeatureCollection", features: [] }, attribution });
  map.addLayer({ id: ID, type: "line", source: ID });
}
