import type { ErrorEvent, Map as MapLibreMap } from "maplibre-gl";
import type { FrameId } from "../../contract/identity.ts";
import { tileTemplate } from "../../contract/urls.ts";
import { addContourLayers, type ContourLayer, type FrameLines } from "./contour_layers.ts";

export interface FrameLayerOptions {
  readonly tileSizePx: number;
  readonly nativeZoom: number;
  /** west, south, east, north in degrees: no tile is asked for beyond. */
  readonly bounds: readonly [number, number, number, number];
  readonly attribution: string;
  /** Drawn over the picture, and swapped with it. */
  readonly lines: FrameLines;
  /** The layer that weather goes below. */
  readonly below: string | undefined;
}

/** What of a frame is on the map: its picture, then the sources and layers of its lines. */
interface FrameParts {
  readonly picture: string;
  readonly sources: readonly string[];
  readonly lineLayers: readonly ContourLayer[];
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
  #shown: FrameParts | null = null;
  #areLinesShown = true;
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
    const parts = this.#add(`frame-${++this.#serial}`, frame, options);
    return new Promise((resolve, reject) => {
      const settle = (isComplete: boolean) => {
        this.#map.off("sourcedata", check);
        this.#map.off("idle", check);
        this.#map.off("error", fail);
        this.#pending = null;
        if (isComplete) this.#swap(parts);
        else this.#remove(parts);
      };
      const check = () => {
        if (!parts.sources.every((source) => this.#map.isSourceLoaded(source))) return;
        settle(true);
        resolve(true);
      };
      const fail = (event: ErrorEvent & { sourceId?: string }) => {
        if (event.sourceId === undefined || !parts.sources.includes(event.sourceId)) return;
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

  /** Lines are drawn or left out, of this frame and those to come. */
  showLines(areShown: boolean): void {
    this.#areLinesShown = areShown;
    if (this.#shown) this.#setLines(this.#shown);
  }

  #add(id: string, frame: FrameId, options: FrameLayerOptions): FrameParts {
    const { tileSizePx, nativeZoom, bounds, attribution, lines, below } = options;
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
    const lineLayers = addContourLayers(this.#map, id, lines, below);
    return { picture: id, sources: [id, ...Object.keys(lines).map((key) => `${id}-${key}`)], lineLayers };
  }

  #swap(parts: FrameParts): void {
    this.#map.setPaintProperty(parts.picture, "raster-opacity", 1);
    this.#setLines(parts);
    const old = this.#shown;
    this.#shown = parts;
    if (old) this.#map.once("render", () => this.#remove(old));
  }

  #setLines({ lineLayers }: FrameParts): void {
    for (const { id, opacity: { property, value } } of lineLayers) {
      this.#map.setPaintProperty(id, property, this.#areLinesShown ? value : 0);
    }
  }

  #remove({ picture, sources, lineLayers }: FrameParts): void {
    const layers = [...lineLayers.map(({ id }) => id), picture];
    for (const layer of layers) if (this.#map.getLayer(layer)) this.#map.removeLayer(layer);
    for (const source of sources) if (this.#map.getSource(source)) this.#map.removeSource(source);
  }
}
