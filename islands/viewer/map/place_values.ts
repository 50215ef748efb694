import { effect } from "@preact/signals";
import type { Map as MapLibreMap } from "maplibre-gl";
import type { FrameId } from "../../../contract/identity.ts";
import type { Sidecar } from "../../../contract/sidecar.ts";
import { fetchSamples } from "../api.ts";
import { frameKey } from "../state/frame_lock.ts";
import type { Pane } from "../state/pane.ts";
import { Recent } from "../state/recent.ts";
import type { Viewer } from "../state/viewer.ts";
import { formatValue } from "../ui/format.ts";
import { PLACES_LAYER } from "./basemap_style.ts";
import { type PlacedValue, ValueCanvas } from "./value_canvas.ts";

const MIN_ZOOM = 4.5;
const MAX_PLACES = 60;
/** Answers for so many frames and views stay in memory: a loop asks once. */
const MAX_REMEMBERED = 200;

interface Place {
  readonly name: string;
  readonly lonDeg: number;
  readonly latDeg: number;
}

/**
 * Values under the names of places, of the frame that is painted: those of another frame are never shown.
 * @returns a function that ends it
 */
export function showPlaceValues(map: MapLibreMap, viewer: Viewer, pane: Pane): () => void {
  if (!map.getLayer(PLACES_LAYER)) return () => {}; // somebody else's basemap
  const canvas = new ValueCanvas(map);
  const remembered = new Recent<Promise<PlacedValue[]>>(MAX_REMEMBERED);
  const { lock } = pane;
  /** The places whose names are drawn. */
  let places: readonly Place[] = [];
  let turn = 0;

  const update = async () => {
    const own = ++turn;
    const isShown = viewer.areValuesShown.peek() && lock.isPainted.peek() && map.getZoom() >= MIN_ZOOM;
    if (!isShown || places.length === 0) return canvas.show([]);
    const frame = lock.paintedFrame.peek();
    const key = `${frameKey(frame)} ${places.map(({ name }) => name).join()}`;
    // What is known is shown in the same moment as the frame; what is not must not stay from another frame.
    const known = remembered.get(key);
    if (!known) canvas.show([]);
    if (!known && viewer.playback.isPlaying.peek()) return; // a loop runs without the network
    const asked = known ?? ask(frame, places, lock.sidecar.peek());
    remembered.set(key, asked);
    try {
      const values = await asked;
      if (own === turn) canvas.show(values);
    } catch {
      remembered.delete(key); // names without values; the next frame or move asks again
    }
  };

  /** The map is idle: all names have found their place. */
  const lookAround = () => {
    const found = placesInView(map);
    const isSame = found.length === places.length && found.every(({ name }, i) => name === places[i]!.name);
    if (isSame) return;
    places = found;
    void update();
  };
  map.on("idle", lookAround);
  const stop = effect(() => {
    void [
      lock.paintedFrame.value,
      viewer.areValuesShown.value,
      lock.isPainted.value,
      viewer.playback.isPlaying.value,
    ];
    void update();
  });
  return () => {
    stop();
    map.off("idle", lookAround);
    canvas.close();
  };
}

/** The places whose names are drawn, each once. */
function placesInView(map: MapLibreMap): Place[] {
  if (map.getZoom() < MIN_ZOOM) return [];
  const found = new Map<string, Place>();
  for (const { properties, geometry } of map.queryRenderedFeatures({ layers: [PLACES_LAYER] })) {
    if (geometry.type !== "Point" || found.size >= MAX_PLACES) continue;
    const [lonDeg, latDeg] = geometry.coordinates as [number, number];
    const name = String(properties.name);
    found.set(`${name} ${lonDeg.toFixed(1)} ${latDeg.toFixed(1)}`, { name, lonDeg, latDeg });
  }
  return [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

async function ask(frame: FrameId, places: readonly Place[], sidecar: Sidecar): Promise<PlacedValue[]> {
  const points = places.map(({ latDeg, lonDeg }) => ({ lat: round(latDeg), lon: round(lonDeg) }));
  const { values, labels } = await fetchSamples({ ...frame, points });
  const { legend, precision } = sidecar;
  // Below the first class there is nothing on the map: no echo, no rain.
  const least = legend.type === "gradient" ? -Infinity : legend.type === "discrete" ? legend.classes[0]!.level : 1;
  return places.flatMap(({ lonDeg, latDeg }, i) => {
    const value = values[i] ?? null;
    if (value === null || value < least) return [];
    // Where values have names, the name says it; a number would not.
    return [{ lonDeg, latDeg, text: labels?.[i] ?? formatValue(value, precision) }];
  });
}

const round = (degrees: number) => Math.round(degrees * 1000) / 1000;
