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

/** Properties of a frame's image that are known before any of its tiles. */
export interface PictureStyle extends TileGrid {
  readonly isCoarse: boolean;
}

/** The parts of a frame that are shown with its image. */
export interface FrameContent {
  readonly sidecar: Sidecar;
  /** Contours by their keys. */
  readonly contours: Readonly<Record<string, ContourCollection>>;
  /** Whether pixels beyond the native zoom are blended; otherwise they stay squares. */
  readonly isBlended: boolean;
}

/** Limit of the images on the graphics card, in bytes. */
const MAX_BYTES = 160 * 1024 * 1024;
/** Frames that are kept at any size of the screen: the painted one, and three that are loaded before they are due. */
const MIN_FRAMES = 4;
/** The zoom at which a coarse model's image has faded: there is no finer detail to see. */
const FADED_ZOOM = 9;
const FADED_SHARE = 0.45;
const THIN_PX = 0.9;
/** Width of a set with a single level, which has a meaning: freezing. */
const THICK_PX = 2;

interface Buffer {
  readonly key: string;
  readonly style: PictureStyle;
  readonly picture: FramePicture;
  readonly content: Promise<FrameContent>;
  /** The loaded content; null until then. */
  known: FrameContent | null;
  contours: ContourBuffer[];
}

/**
 * Frames on the graphics card, one of them visible. Problem: an image is fetched, decoded and uploaded to the card, and
 * a reader must see none of these steps. Solution: frames are loaded invisibly, and painting a frame is a single step,
 * so that the view always shows whole frames.
 */
export class FrameBuffers {
  readonly #map: MapLibreMap;
  readonly #gl: WebGL2RenderingContext;
  readonly #store: TileStore;
  readonly #layer = new WeatherLayer();
  readonly #labels: ContourLabels;
  /** Buffers in the order of their last request. */
  readonly #buffers = new Map<string, Buffer>();
  #painted: Buffer | null = null;
  #areContoursShown = true;
  #opacityPercent = 100;

  /** Adds the weather layer to the map. @param below the layer that weather goes below */
  constructor(map: MapLibreMap, store: TileStore, below: string | undefined) {
    this.#map = map;
    this.#gl = map.getCanvas().getContext("webgl2")!;
    this.#store = store;
    this.#labels = new ContourLabels(map, below);
    map.addLayer(this.#layer, below);
  }

  /** Whether a frame can be painted at once. */
  isLoaded(frame: VersionedFrame): boolean {
    const buffer = this.#buffers.get(frameKey(frame));
    return !!buffer?.known && buffer.picture.isWhole(rangeOnMap(this.#map, buffer.style));
  }

  /**
   * Loads a frame invisibly, for the current view.
   * @param content called only when the frame is not there already
   * @throws the error of a tile or of the content
   */
  async load(frame: VersionedFrame, style: PictureStyle, content: () => Promise<FrameContent>): Promise<FrameContent> {
    const key = frameKey(frame);
    const buffer = this.#buffers.get(key) ?? this.#create(key, frame, style, content());
    this.#buffers.delete(key); // moves to the end
    this.#buffers.set(key, buffer);
    try {
      let range: TileRange | null;
      do {
        range = rangeOnMap(this.#map, style);
        const picture = buffer.picture.fit(range);
        this.#dropOldest();
        await Promise.all([picture, buffer.content]);
      } while (!isSameRange(range, rangeOnMap(this.#map, style))); // the map moved meanwhile
      return await buffer.content;
    } catch (error) {
      // A failed frame is requested again the next time; the painted frame stays.
      if (buffer !== this.#painted && this.#buffers.get(key) === buffer) this.#drop(buffer);
      throw error;
    }
  }

  /** Makes a loaded frame the visible one. @throws AbortError when the frame was removed meanwhile */
  paint(frame: VersionedFrame): void {
    const buffer = this.#buffers.get(frameKey(frame));
    if (!buffer?.known) throw offTheMap();
    this.#painted = buffer;
    const { picture, contours, known } = buffer;
    this.#layer.show({ picture, contours, isBlended: known.isBlended });
    this.#fade();
    this.#label();
  }

  /** Loads the visible frame's tiles for a view that moved. @throws the error of a tile */
  async followView(): Promise<void> {
    const buffer = this.#painted;
    if (buffer) await buffer.picture.fit(rangeOnMap(this.#map, buffer.style));
  }

  /** Restarts the wait for the map to rest, because another frame was requested. */
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

  /** Removes everything from the map. A map that lost its graphics card has no layers any more. */
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

/** Returns the opacity that a coarse model's image keeps at a zoom: 1 when far, 0.45 when close. */
function shareAt(zoom: number): number {
  const way = (zoom - COARSE_HINT_ZOOM) / (FADED_ZOOM - COARSE_HINT_ZOOM);
  return 1 - (1 - FADED_SHARE) * Math.min(Math.max(way, 0), 1);
}
