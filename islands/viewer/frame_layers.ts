import type { ErrorEvent, Map as MapLibreMap } from "maplibre-gl";
import type { FrameId } from "../../contract/identity.ts";
import { tileTemplate } from "../../contract/urls.ts";

export interface FrameLayerOptions {
  readonly tileSizePx: number;
  readonly nativeZoom: number;
  /** west, south, east, north in degrees: no tile is asked for beyond. */
  readonly bounds: readonly [number, number, number, number];
  readonly attribution: string;
  /** The layer that weather goes below. */
  readonly below: string | undefined;
}

/**
 * Shows one frame at a time without flashes. Problem: a new raster source is empty until its tiles are there, and taking
 * the old one away first would show the bare map. Solution: two slots. The new frame loads invisibly above the old one and
 * is shown in one step when it is complete; only then does the old one go. A frame that is overtaken while it loads is
 * dropped.
 */
export class FrameLayers {
  readonly #map: MapLibreMap;
  #serial = 0;
  #shown: string | null = null;
  #pending: { cancel: () => void } | null = null;

  constructor(map: MapLibreMap) {
    this.#map = map;
  }

  get isShowing(): boolean {
    return this.#shown !== null;
  }

  /** Stops loading; what is shown stays. */
  dropPending(): void {
    this.#pending?.cancel();
  }

  /**
   * Loads a frame and shows it. Resolves to false when another frame overtook it.
   * @throws Error when a tile cannot be loaded; the old frame stays
   */
  show(frame: FrameId, options: FrameLayerOptions): Promise<boolean> {
    this.dropPending();
    const id = `frame-${++this.#serial}`;
    this.#add(id, frame, options);
    return new Promise((resolve, reject) => {
      const settle = (isComplete: boolean) => {
        this.#map.off("sourcedata", check);
        this.#map.off("idle", check);
        this.#map.off("error", fail);
        this.#pending = null;
        if (isComplete) this.#swap(id);
        else this.#remove(id);
      };
      const check = () => {
        if (!this.#map.isSourceLoaded(id)) return;
        settle(true);
        resolve(true);
      };
      const fail = (event: ErrorEvent & { sourceId?: string }) => {
        if (event.sourceId !== id) return;
        settle(false);
        reject(new Error("The picture of this hour could not be loaded", { cause: event.error }));
      };
      const cancel = () => {
        settle(false);
        resolve(false);
      };
      this.#pending = { cancel };
      this.#map.on("sourcedata", check);
      this.#map.on("idle", check);
      this.#map.on("error", fail);
    });
  }

  #add(id: string, frame: FrameId, { tileSizePx, nativeZoom, bounds, attribution, below }: FrameLayerOptions): void {
    this.#map.addSource(id, {
      type: "raster",
      tiles: [location.origin + tileTemplate(frame)],
      tileSize: tileSizePx,
      maxzoom: nativeZoom,
      bounds: [...bounds],
      attribution,
    });
    this.#map.addLayer({
      id,
      type: "raster",
      source: id,
      // Beyond the native zoom the picture is interpolated by the graphics card; the values under the pointer are not.
      paint: {
        "raster-opacity": 0,
        "raster-opacity-transition": { duration: 0 },
        "raster-fade-duration": 0,
        "raster-resampling": "linear",
      },
    }, below);
  }

  #swap(id: string): void {
    this.#map.setPaintProperty(id, "raster-opacity", 1);
    const old = this.#shown;
    this.#shown = id;
    if (old) this.#map.once("render", () => this.#remove(old));
  }

  #remove(id: string): void {
    if (this.#map.getLayer(id)) this.#map.removeLayer(id);
    if (this.#map.getSource(id)) this.#map.removeSource(id);
  }
}
