import type { ErrorEvent, Map as MapLibreMap } from "maplibre-gl";
import type { FrameId } from "../../../contract/identity.ts";
import { COARSE_HINT_ZOOM } from "../state/detail.ts";
import { frameKey } from "../state/frame_lock.ts";
import { addContourLabels, addContourLayers, type ContourLayer, type FrameLines } from "./contour_layers.ts";
import { tileSourceTemplate } from "./tile_protocol.ts";

/** How the pictures of a model are drawn. */
export interface PictureStyle {
  readonly tileSizePx: number;
  readonly nativeZoom: number;
  readonly isCoarse: boolean;
  /** west, south, east, north in degrees: no tile is asked for beyond. */
  readonly bounds: readonly [number, number, number, number];
  readonly attribution: string;
  /** Beyond the native zoom: whether pixels are blended or stay squares. */
  readonly resampling: "linear" | "nearest";
}

/** The painted frame, those to come, and the one before. */
const MAX_BUFFERS = 7;
/** Lines get their numbers when a frame stays for so long: they would flicker in a loop. */
const REST_MS = 250;
/** A coarse model's picture fades up to this zoom: there is nothing finer to see. */
const FADED_ZOOM = 9;
const FADED_SHARE = 0.45;

/** What of a frame is on the map: its picture, then the sources and layers of its lines. */
interface Buffer {
  readonly key: string;
  readonly picture: string;
  readonly sources: readonly string[];
  readonly lineLayers: readonly ContourLayer[];
  readonly style: PictureStyle;
  /** When all its tiles of the view are there. */
  readonly loaded: Promise<void>;
  isLoaded: boolean;
  drop(): void;
}

/**
 * Frames on the map, one of them visible. Problem: a raster source is empty until its tiles are there, decoded and on the
 * graphics card. Solution: frames are loaded invisibly, each in a source of its own, and painting one is nothing but two
 * opacities in one step; whatever the view shows is always whole frames.
 */
export class FrameBuffers {
  readonly #map: MapLibreMap;
  /** The layer that weather goes below. */
  readonly #below: string | undefined;
  /** In the order they were asked for last. */
  readonly #buffers = new Map<string, Buffer>();
  #serial = 0;
  #painted: Buffer | null = null;
  #labels: readonly string[] = [];
  #restTimer: ReturnType<typeof setTimeout> | undefined;
  #areLinesShown = true;
  #opacityPercent = 100;

  constructor(map: MapLibreMap, below: string | undefined) {
    this.#map = map;
    this.#below = below;
  }

  /** Whether a frame can be painted in the next moment. */
  isLoaded(frame: FrameId): boolean {
    return this.#buffers.get(frameKey(frame))?.isLoaded ?? false;
  }

  /** Loads a frame, invisibly. @throws what its tiles fail with */
  async load(frame: FrameId, lines: FrameLines, style: PictureStyle): Promise<void> {
    const key = frameKey(frame);
    const known = this.#buffers.get(key);
    if (known) {
      this.#buffers.delete(key); // it goes to the end again
      this.#buffers.set(key, known);
      return await known.loaded;
    }
    const buffer = this.#add(key, frame, lines, style);
    this.#buffers.set(key, buffer);
    this.#dropOldest();
    await buffer.loaded;
  }

  /** Makes a loaded frame the visible one. */
  paint(frame: FrameId): void {
    const buffer = this.#buffers.get(frameKey(frame))!;
    const old = this.#painted;
    this.#painted = buffer;
    if (old && old !== buffer) this.#setOpacity(old, false);
    this.#setOpacity(buffer, true);
    this.#labelSoon();
  }

  close(): void {
    clearTimeout(this.#restTimer);
  }

  #labelSoon(): void {
    clearTimeout(this.#restTimer);
    for (const id of this.#labels) if (this.#map.getLayer(id)) this.#map.removeLayer(id);
    this.#labels = [];
    const { sources } = this.#painted!;
    if (!this.#areLinesShown || sources.length === 1) return;
    this.#restTimer = setTimeout(() => {
      this.#labels = addContourLabels(this.#map, sources.slice(1), this.#below);
    }, REST_MS);
  }

  /** Takes frames away that nobody sees: a map that moves loads the tiles of the visible one only. */
  dropHidden(): void {
    for (const buffer of [...this.#buffers.values()]) {
      if (buffer !== this.#painted && buffer.isLoaded) this.#drop(buffer);
    }
  }

  showLines(areShown: boolean): void {
    this.#areLinesShown = areShown;
    if (!this.#painted) return;
    this.#setOpacity(this.#painted, true);
    this.#labelSoon();
  }

  setOpacity(percent: number): void {
    this.#opacityPercent = percent;
    if (this.#painted) this.#setOpacity(this.#painted, true);
  }

  #add(key: string, frame: FrameId, lines: FrameLines, style: PictureStyle): Buffer {
    const map = this.#map;
    const id = `frame-${++this.#serial}`;
    map.addSource(id, {
      type: "raster",
      tiles: [tileSourceTemplate(frame)],
      tileSize: style.tileSizePx,
      maxzoom: style.nativeZoom,
      bounds: [...style.bounds],
      attribution: style.attribution,
    });
    map.addLayer({
      id,
      type: "raster",
      source: id,
      paint: {
        "raster-opacity": 0,
        "raster-opacity-transition": { duration: 0 },
        "raster-fade-duration": 0,
        "raster-resampling": style.resampling,
      },
    }, this.#below);
    const lineLayers = addContourLayers(map, id, lines, this.#below);
    const sources = [id, ...Object.keys(lines).map((name) => `${id}-${name}`)];
    const { promise: loaded, resolve, reject } = Promise.withResolvers<void>();
    loaded.catch(() => {}); // one that was loaded ahead has nobody who waits for it
    const buffer: Buffer = { key, picture: id, sources, lineLayers, style, loaded, isLoaded: false, drop };
    const settle = () => {
      map.off("sourcedata", check);
      map.off("idle", check);
      map.off("error", fail);
    };
    const check = () => {
      if (!sources.every((source) => map.isSourceLoaded(source))) return;
      settle();
      buffer.isLoaded = true;
      resolve();
    };
    const fail = (event: ErrorEvent & { sourceId?: string }) => {
      if (event.sourceId === undefined || !sources.includes(event.sourceId)) return;
      reject(event.error); // before it is dropped, which would be the reason otherwise
      this.#drop(buffer);
    };
    function drop(): void {
      settle();
      for (const layer of [...lineLayers.map((each) => each.id), id]) if (map.getLayer(layer)) map.removeLayer(layer);
      for (const source of sources) if (map.getSource(source)) map.removeSource(source);
      reject(new DOMException("The frame was taken off the map", "AbortError"));
    }
    map.on("sourcedata", check);
    map.on("idle", check);
    map.on("error", fail);
    return buffer;
  }

  #drop(buffer: Buffer): void {
    this.#buffers.delete(buffer.key);
    buffer.drop();
  }

  #dropOldest(): void {
    for (const buffer of [...this.#buffers.values()]) {
      if (this.#buffers.size <= MAX_BUFFERS) return;
      if (buffer !== this.#painted) this.#drop(buffer);
    }
  }

  #setOpacity({ picture, lineLayers, style }: Buffer, isVisible: boolean): void {
    const share = isVisible ? this.#opacityPercent / 100 : 0;
    this.#map.setPaintProperty(
      picture,
      "raster-opacity",
      style.isCoarse && share > 0
        ? ["interpolate", ["linear"], ["zoom"], COARSE_HINT_ZOOM, share, FADED_ZOOM, share * FADED_SHARE]
        : share,
    );
    for (const { id, opacity } of lineLayers) {
      this.#map.setPaintProperty(id, "line-opacity", isVisible && this.#areLinesShown ? opacity : 0);
    }
  }
}
