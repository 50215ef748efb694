import { effect } from "@preact/signals";
import type { GeoJSONSource, Map as MapLibreMap } from "maplibre-gl";
import type { FrameId } from "../../../contract/identity.ts";
import { fetchSamples } from "../api.ts";
import type { Sidecar } from "../../../contract/sidecar.ts";
import { formatValue } from "../ui/format.ts";
import { frameKey } from "../state/frame_lock.ts";
import { Recent } from "../state/recent.ts";
import type { Pane } from "../state/pane.ts";
import type { Viewer } from "../state/viewer.ts";
import { NAME_FONT, PLACES_LAYER } from "./basemap_style.ts";

const SOURCE = "place-values";
const MIN_ZOOM = 4.5;
const MAX_PLACES = 60;
/** Answers for so many frames and views stay in memory: a loop asks once. */
const MAX_REMEMBERED = 200;

interface Place {
  readonly name: string;
  readonly lon: number;
  readonly lat: number;
}

/**
 * Values under the names of places, of the frame that is painted: those of another frame are never shown.
 * @returns a function that ends it
 */
export function showPlaceValues(map: MapLibreMap, viewer: Viewer, pane: Pane): () => void {
  if (!map.getLayer(PLACES_LAYER)) return () => {}; // somebody else's basemap
  const remembered = new Recent<Promise<string[]>>(MAX_REMEMBERED);
  let turn = 0;
  map.addSource(SOURCE, { type: "geojson", data: collection([], []) });
  map.addLayer({
    id: SOURCE,
    type: "symbol",
    source: SOURCE,
    minzoom: MIN_ZOOM,
    layout: {
      "text-field": ["get", "value"],
      "text-font": [...NAME_FONT],
      "text-size": 13,
      "text-offset": [0, 1.15],
      "text-allow-overlap": true,
      "text-ignore-placement": true,
    },
    paint: { "text-color": "#ffffff", "text-halo-color": "rgba(11,18,32,0.92)", "text-halo-width": 1.8 },
  });
  const source = map.getSource<GeoJSONSource>(SOURCE)!;
  /** What is drawn. Drawing the same again would make the map busy, then idle, and so on for ever. */
  let drawn = "";
  const draw = (key: string, places: readonly Place[], values: readonly string[]) => {
    if (key === drawn) return;
    drawn = key;
    source.setData(collection(places, values));
  };
  const clear = () => draw("", [], []);

  const update = async () => {
    const own = ++turn;
    const { lock } = pane;
    if (!viewer.areValuesShown.peek() || !lock.isPainted.peek() || map.getZoom() < MIN_ZOOM) return clear();
    const sidecar = lock.sidecar.peek();
    const frame = lock.paintedFrame.peek();
    const places = placesInView(map);
    if (places.length === 0) return clear();
    const key = `${frameKey(frame)} ${places.map(({ name }) => name).join()}`;
    // What is known is shown in the same moment as the frame; what is not must not stay from another frame.
    const known = remembered.get(key);
    if (!known) clear();
    if (!known && viewer.playback.isPlaying.peek()) return; // a loop runs without the network
    if (key === drawn) return;
    const asked = known ?? ask(frame, places, sidecar);
    remembered.set(key, asked);
    try {
      const values = await asked;
      if (own !== turn) return;
      draw(key, places, values);
    } catch {
      remembered.delete(key); // names without values; the next frame or move asks again
      if (own === turn) clear();
    }
  };

  const soon = () => void update();
  map.on("idle", soon);
  const stop = effect(() => {
    void [
      pane.lock.paintedFrame.value,
      viewer.areValuesShown.value,
      pane.lock.isPainted.value,
      viewer.playback.isPlaying.value,
    ];
    soon();
  });
  return () => {
    stop();
    map.off("idle", soon);
  };
}

/** The places whose names are drawn, each once. */
function placesInView(map: MapLibreMap): Place[] {
  const found = new Map<string, Place>();
  for (const { properties, geometry } of map.queryRenderedFeatures({ layers: [PLACES_LAYER] })) {
    if (geometry.type !== "Point" || found.size >= MAX_PLACES) continue;
    const [lon, lat] = geometry.coordinates as [number, number];
    const name = String(properties.name);
    found.set(`${name} ${lon.toFixed(1)} ${lat.toFixed(1)}`, { name, lon, lat });
  }
  return [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

async function ask(frame: FrameId, places: readonly Place[], sidecar: Sidecar): Promise<string[]> {
  const points = places.map(({ lat, lon }) => ({ lat: round(lat), lon: round(lon) }));
  const { values, labels } = await fetchSamples({ ...frame, points });
  const { legend, precision } = sidecar;
  // Below the first class there is nothing on the map: no echo, no rain.
  const least = legend.type === "gradient" ? -Infinity : legend.type === "discrete" ? legend.classes[0]!.level : 1;
  return values.map((value, i) => {
    if (value === null || value < least) return "";
    // Where values have names, the name says it; a number would not.
    return labels?.[i] ?? formatValue(value, precision);
  });
}

const round = (degrees: number) => Math.round(degrees * 1000) / 1000;

function collection(
  places: readonly Place[],
  values: readonly string[],
): Exclude<Parameters<GeoJSONSource["setData"]>[0], string> {
  return {
    type: "FeatureCollection",
    features: places.flatMap(({ lon, lat }, i) =>
      values[i] === ""
        ? []
        : [{ type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties: { value: values[i] } }]
    ),
  };
}
