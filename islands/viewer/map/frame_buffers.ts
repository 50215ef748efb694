import type { Map as MapLibreMap } from "maplibre-gl";
import type { ContourCollection } from "../../../contract/contours.ts";
import type { Sidecar } from "../../../contract/sidecar.ts";
import type { VersionedFrame } from "../../../contract/frame_version.ts";
import { COARSE_HINT_ZOOM } from "../state/coarse_model.ts";
import { frameKey } from "../state/frame_sync.ts";
import { ContourLabels } from "./contour_labels.ts";
import type { TileStore } from "../state/tile_store.ts";
import { rangeOnMap, type TileGrid } from "./view_range.ts";
import { isSameRange, type TileRange } from "./weather/tiles_in_view.ts";
import { FramePicture, offTheMap } from "./weather/frame_picture.ts";
import { contourMesh } from "./weather/contour_mesh.ts";
import { ContourBuffer } from "./weather/contour_program.ts";
import { WeatherLayer } from "./weather/weather_layer.ts";

/** What is known of a frame's picture before anything of it is there. */
export interface PictureStyle extends TileGrid {
  readonly isCoarse: boolean;
}

/** What comes with a picture. */
export interface FrameContent {
  readonly sidecar: Sidecar;
  /** By their keys. */
  readonly contours: Readonly<Record<string, ContourCollection>>;
  /** Whether pixels beyond the native zoom are blended, or stay squares. */
  readonly isBlended: boolean;
}

/** Of pictures on the graphics card. */
const MAX_BYTES = 160 * 1024 * 1024;
/** The painted frame, and the three that are loaded before they are due, whatever the size of the screen. */
const MIN_FRAMES = 4;
/** A coarse model's picture fades up to this zoom: there is nothing finer to see. */
const FADED_ZOOM = 9;
const FADED_SHARE = 0.45;
const THIN_PX = 0.9;
/** A set of a single level is one that means something: freezing. */
const THICK_PX = 2;

interface Buffer {
  readonly key: string;
  readonly style: PictureStyle;
  readonly picture: FramePicture;
  readonly content: Promise<FrameContent>;
  /** Null until the content is there. */
  known: FrameContent | null;
  contours: ContourBuffer[];
}

/**
 * Frames on the graphics card, one of them visible. Problem: a picture is fetched, decoded and carried to the card, and a
 * reader must see nothing of that. Solution: frames are loaded where nobody sees them, and painting one is a single step;
 * whatever the view shows is always whole frames.
 */
export class FrameBuffers {
  readonly #map: MapLibreMap;
  readonly #gl: WebGL2RenderingContext;
  readonly #store: TileStore;
  readonly #layer = new WeatherLayer();
  readonly #labels: ContourLabels;
  /** In the order they were asked for last. */
  readonly #buffers = new Map<string, Buffer>();
  #painted: Buffer | null = null;
  #areContoursShown = true;
  #opacityPercent = 100;

  /** @param below the layer that weather goes below */
  constructor(map: MapLibreMap, store: TileStore, below: string | undefined) {
    this.#map = map;
    this.#gl = map.getCanvas().getContext("webgl2")!;
    this.#store = store;
    this.#labels = new ContourLabels(map, below);
    map.addLayer(this.#layer, below);
  }

  /** Whether a frame can be painted in the next moment. */
  isLoaded(frame: VersionedFrame): boolean {
    const buffer = this.#buffers.get(frameKey(frame));
    return !!buffer?.known && buffer.picture.isWhole(rangeOnMap(this.#map, buffer.style));
  }

  /**
   * Loads a frame where nobody sees it, for the view as it is.
   * @param content asked of only when the frame is not there already
   * @throws what its tiles or its content fail with
   */
  async load(frame: VersionedFrame, style: PictureStyle, content: () => Promise<FrameContent>): Promise<FrameContent> {
    const key = frameKey(frame);
    const buffer = this.#buffers.get(key) ?? this.#create(key, frame, style, content());
    this.#buffers.delete(key); // it goes to the end
    this.#buffers.set(key, buffer);
    try {
      let range: TileRange | null;
      do {
        range = rangeOnMap(this.#map, style);
        const picture = buffer.picture.fit(range);
        this.#dropOldest();
        await Promise.all([picture, buffer.content]);
      } while (!isSameRange(range, rangeOnMap(this.#map, style))); // the map was moved meanwhile
      return await buffer.content;
    } catch (error) {
      // What failed is asked for anew the next time; what is painted stays.
      if (buffer !== this.#painted && this.#buffers.get(key) === buffer) this.#drop(buffer);
      throw error;
    }
  }

  /** Makes a loaded frame the visible one. @throws AbortError when it was taken off meanwhile */
  paint(frame: VersionedFrame): void {
    const buffer = this.#buffers.get(frameKey(frame));
    if (!buffer?.known) throw offTheMap();
    this.#painted = buffer;
    const { picture, contours, known } = buffer;
    this.#layer.show({ picture, contours, isBlended: known.isBlended });
    this.#fade();
    this.#label();
  }

  /** Brings the visible frame's tiles of a view that moved. @throws what they fail with */
  async followView(): Promise<void> {
    const buffer = this.#painted;
    if (buffer) await buffer.picture.fit(rangeOnMap(this.#map, buffer.style));
  }

  /** Another frame was asked for: whatever waits for the map to rest waits anew. */
  postpone(): void {
    this.#labels.postpone();
  }

  showContours(areShown: boolean): void {
    this.#areContoursShown = areShown;
    this.#layer.showContours(areShown);
    this.#label();
  }

  setOpacity(percent: number): void {
    this.#opacityPercent = percent;
    this.#fade();
  }

  /** Takes everything off the map. One that lost its graphics card has no layers any more. */
  close(): void {
    for (const buffer of [...this.#buffers.values()]) this.#drop(buffer);
    this.#labels.close();
    const { style } = this.#map as { readonly style: object | null };
    if (style) this.#map.removeLayer(this.#layer.id);
  }

  #create(key: string, frame: VersionedFrame, style: PictureStyle, content: Promise<FrameContent>): Buffer {
    const repaint = () => {
      if (this.#painted === buffer) this.#map.triggerRepaint();
    };
    const picture = new FramePicture(this.#gl, this.#store, frame, style.tileSizePx, repaint);
    const buffer: Buffer = {
      key,
      style,
      picture,
      known: null,
      contours: [],
      content: content.then((known) => {
        if (this.#buffers.get(key) !== buffer) throw offTheMap();
        buffer.known = known;
        buffer.contours = Object.values(known.contours).map((contours) => this.#carry(contours));
        return known;
      }),
    };
    return buffer;
  }

  #carry(contours: ContourCollection): ContourBuffer {
    const levels = new Set(contours.features.map(({ properties }) => properties.level));
    return new ContourBuffer(this.#gl, contourMesh(contours), levels.size === 1 ? THICK_PX : THIN_PX);
  }

  #label(): void {
    const known = this.#painted?.known;
    if (known && this.#areContoursShown) this.#labels.showSoon(Object.values(known.contours));
    else this.#labels.clear();
  }

  #fade(): void {
    const share = this.#opacityPercent / 100;
    const isCoarse = this.#painted?.style.isCoarse ?? false;
    this.#layer.setOpacity((zoom) => share * (isCoarse ? shareAt(zoom) : 1));
  }

  #drop(buffer: Buffer): void {
    this.#buffers.delete(buffer.key);
    buffer.picture.close();
    buffer.contours.forEach((contours) => contours.delete());
  }

  #dropOldest(): void {
    let bytes = this.#painted?.picture.bytes ?? 0;
    let frames = 1;
    for (const buffer of [...this.#buffers.values()].reverse()) {
      if (buffer === this.#painted) continue;
      bytes += buffer.picture.bytes;
      if (++frames > MIN_FRAMES && bytes > MAX_BYTES) this.#drop(buffer);
    }
  }
}

/** How much of a coarse model's picture is left, close to it. */
function shareAt(zoom: number): number {
  const way = (zoom - COARSE_HINT_ZOOM) / (FADED_ZOOM - COARSE_HINT_ZOOM);
  return 1 - (1 - FADED_SHARE) * Math.min(Math.max(way, 0), 1);
}
