import type { Map as MapLibreMap } from "maplibre-gl";

const ID = "weather-attribution";

/** Names where the weather comes from beside where the map comes from: the control asks the sources that are drawn. */
export function attribute(map: MapLibreMap, attribution: string): void {
  if (map.getSource(ID)?.attribution === attribution) return;
  if (map.getLayer(ID)) map.removeLayer(ID);
  if (map.getSource(ID)) map.removeSource(ID);
  map.addSource(ID, { type: "geojson", data: { type: "FeatureCollection", features: [] }, attribution });
  map.addLayer({ id: ID, type: "line", source: ID });
}
