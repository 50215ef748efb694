import type { Map as MapLibreMap } from "maplibre-gl";
import type { ContourCollection } from "../../../contract/contours.ts";

/**
 * Time that a frame must stay before its numbers appear: in a loop they would flicker, and a reader who steps is not
 * done yet.
 */
const REST_MS = 700;
const PREFIX = "contour-labels-";

/** The numbers on the contours of the painted frame. */
export class ContourLabels {
  readonly #map: MapLibreMap;
  /** The layer that the numbers go below. */
  readonly #below: string | undefined;
  #serial = 0;
  #shown: string | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Contours whose numbers appear when the map has rested. */
  #pending: ContourCollection | null = null;

  constructor(map: MapLibreMap, below: string | undefined) {
    this.#map = map;
    this.#below = below;
    // A map that was restored still has its old numbers.
    for (const id of map.getLayersOrder()) if (id.startsWith(PREFIX)) this.#remove(id);
  }

  /** Removes the numbers on the map, and adds those of some contours once no other frame is shown for a while. */
  showSoon(contours: readonly ContourCollection[]): void {
    this.clear();
    const features = contours.flatMap((each) => each.features);
    if (features.length === 0) return;
    this.#pending = { type: "FeatureCollection", features };
    this.postpone();
  }

  /** Restarts the wait, because another frame was requested and the map does not rest yet. */
  postpone(): void {
    clearTimeout(this.#timer);
    if (this.#pending) this.#timer = setTimeout(() => this.#add(), REST_MS);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#pending = null;
    if (this.#shown !== null) this.#remove(this.#shown);
    this.#shown = null;
  }

  /** Ends the wait for more numbers; those on the map are removed with the map. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #remove(id: string): void {
    this.#map.removeLayer(id);
    this.#map.removeSource(id);
  }

  /** Adds the pending numbers under a new name each time, so that another frame's numbers are never taken for these. */
  #add(): void {
    const id = PREFIX + ++this.#serial;
    const data = this.#pending!;
    this.#pending = null;
    this.#map.addSource(id, { type: "geojson", data, tolerance: 0.2 });
    this.#map.addLayer({
      id,
      type: "symbol",
      source: id,
      layout: {
        "symbol-placement": "line",
        "symbol-spacing": 260,
        "text-field": ["to-string", ["get", "level"]],
        "text-font": ["sans-serif"],
        "text-size": 11,
        "text-padding": 4,
      },
      paint: {
        "text-color": "#0b1220",
        "text-halo-color": "rgba(255,255,255,0.9)",
        "text-halo-width": 1.6,
      },
    }, this.#below);
    this.#shown = id;
  }
}
