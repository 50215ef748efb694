import { effect } from "@preact/signals";
import type { Map as MapLibreMap } from "maplibre-gl";
import type { VersionedFrame } from "../../../contract/frame_version.ts";
import type { Sidecar } from "../../../contract/sidecar.ts";
import { fetchSamples } from "../requests/api.ts";
import { PendingRequests } from "../../../concurrency/pending_requests.ts";
import { frameKey } from "../state/frame_sync.ts";
import type { Pane } from "../state/pane.ts";
import { LruCache } from "../requests/lru_cache.ts";
import type { Viewer } from "../state/viewer.ts";
import { formatValue } from "../format.ts";
import { PLACES_LAYER } from "./basemap_style.ts";
import { type PlacedValue, ValueCanvas } from "./value_canvas.ts";

const MIN_ZOOM = 4.5;
const MAX_PLACES = 60;
/** Answers for so many frames and views stay in memory: a loop asks once. */
const MAX_REMEMBERED = 200;
/** What could not be had is asked for again after so long. */
const AGAIN_MS = 5000;

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
  const answers = new LruCache<PlacedValue[]>(MAX_REMEMBERED);
  const pending = new PendingRequests<PlacedValue[]>();
  const { sync } = pane;
  /** The places whose names are drawn. */
  let places: readonly Place[] = [];
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const update = async () => {
    const own = ++turn;
    const isShown = viewer.areValuesShown.peek() && sync.isPainted.peek() && map.getZoom() >= MIN_ZOOM;
    if (!isShown || places.length === 0) return canvas.show([]);
    const frame = sync.paintedFrame.peek();
    const key = `${frameKey(frame)} ${places.map(placeKey).join()}`;
    const known = answers.get(key);
    // What is known is shown in the same moment as the frame; what is not must not stay from another frame.
    canvas.show(known ?? []);
    if (known || viewer.playback.isPlaying.peek()) return; // a loop runs without the network
    const asked = places;
    try {
      const values = await pending.join(key, () => ask(frame, asked, sync.sidecar.peek()));
      answers.set(key, values);
      if (own === turn) canvas.show(values);
    } catch {
      if (own !== turn) return;
      places = []; // names without values, until it is tried again
      clearTimeout(timer);
      timer = setTimeout(lookAround, AGAIN_MS);
    }
  };

  /** The map is idle: all names have found their place. */
  const lookAround = () => {
    const found = placesInView(map);
    const isSame = found.length === places.length &&
      found.every((place, i) => placeKey(place) === placeKey(places[i]!));
    if (isSame) return;
    places = found;
    void update();
  };
  map.on("idle", lookAround);
  const stop = effect(() => {
    void [
      sync.paintedFrame.value,
      viewer.areValuesShown.value,
      sync.isPainted.value,
      viewer.playback.isPlaying.value,
    ];
    void update();
  });
  return () => {
    stop();
    clearTimeout(timer);
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
    const place = { name: String(properties.name), lonDeg, latDeg };
    found.set(placeKey(place), place);
  }
  return [...found.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Names are not enough: there are two Portlands. */
function placeKey({ name, lonDeg, latDeg }: Place): string {
  return `${name} ${lonDeg.toFixed(1)} ${latDeg.toFixed(1)}`;
}

async function ask(
  { model, run, var: id, fh }: VersionedFrame,
  places: readonly Place[],
  sidecar: Sidecar,
): Promise<PlacedValue[]> {
  const points = places.map(({ latDeg, lonDeg }) => ({ lat: round(latDeg), lon: round(lonDeg) }));
  const { values, labels } = await fetchSamples({ model, run, var: id, fh, points });
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
