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
import { drawnZoom } from "./drawn_zoom.ts";
import { type PlacedValue, ValueCanvas } from "./value_canvas.ts";
import { leadText } from "../../../contract/lead.ts";

const MIN_ZOOM = 4.5;
const MAX_PLACES = 60;
/** Number of answers, each for a frame and a view, that stay in memory: a loop asks once. */
const MAX_REMEMBERED = 200;
/** Time after which a failed request is repeated. */
const AGAIN_MS = 5000;

interface Place {
  readonly name: string;
  readonly lonDeg: number;
  readonly latDeg: number;
}

/**
 * Shows values under the names of places, always of the painted frame and never of another.
 * @returns a function that removes them
 */
export function showPlaceValues(map: MapLibreMap, viewer: Viewer, pane: Pane): () => void {
  if (!map.getLayer(PLACES_LAYER)) return () => {}; // a custom basemap style
  const canvas = new ValueCanvas(map);
  const answers = new LruCache<PlacedValue[]>(MAX_REMEMBERED);
  const pending = new PendingRequests<PlacedValue[]>();
  const { sync } = pane;
  /** Places whose names are drawn. */
  let places: readonly Place[] = [];
  let turn = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const update = async () => {
    const own = ++turn;
    const isShown = viewer.layers.areValuesShown.peek() && sync.isPainted.peek() && map.getZoom() >= MIN_ZOOM;
    if (!isShown || places.length === 0) return canvas.show([]);
    const frame = sync.paintedFrame.peek();
    const zoom = drawnZoom(map, viewer, pane);
    const key = `${frameKey(frame)} ${zoom} ${places.map(placeKey).join()}`;
    const known = answers.get(key);
    // Known values appear in the same moment as the frame; values of another frame must not stay.
    canvas.show(known ?? []);
    if (known || viewer.playback.isPlaying.peek()) return; // a loop plays without the network
    const asked = places;
    try {
      const values = await pending.join(key, () => ask(frame, asked, zoom, sync.sidecar.peek()));
      answers.set(key, values);
      if (own === turn) canvas.show(values);
    } catch {
      if (own !== turn) return;
      places = []; // names stay without values until the next try
      clearTimeout(timer);
      timer = setTimeout(lookAround, AGAIN_MS);
    }
  };

  /** Updates the places when the map is idle and all its names have been placed. */
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
      viewer.layers.areValuesShown.value,
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

/** Returns the places whose names are drawn, each once. */
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

/** Returns a key of name and position: there are two Portlands. */
function placeKey({ name, lonDeg, latDeg }: Place): string {
  return `${name} ${lonDeg.toFixed(1)} ${latDeg.toFixed(1)}`;
}

async function ask(
  { model, run, var: id, lead }: VersionedFrame,
  places: readonly Place[],
  zoom: number,
  sidecar: Sidecar,
): Promise<PlacedValue[]> {
  const points = places.map(({ latDeg, lonDeg }) => ({ lat: round(latDeg), lon: round(lonDeg) }));
  const { values, labels } = await fetchSamples({ model, run, var: id, fh: leadText(lead), points, z: zoom });
  const { legend, precision } = sidecar;
  // The map shows nothing below the first class: no echo, no rain.
  const least = legend.type === "gradient" ? -Infinity : legend.type === "discrete" ? legend.classes[0]!.level : 1;
  return places.flatMap(({ lonDeg, latDeg }, i) => {
    const value = values[i] ?? null;
    if (value === null || value < least) return [];
    // A value that has a label is shown by its label and not as a number.
    return [{ lonDeg, latDeg, text: labels?.[i] ?? formatValue(value, precision) }];
  });
}

const round = (degrees: number) => Math.round(degrees * 1000) / 1000;
