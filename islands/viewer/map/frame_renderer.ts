import { effect } from "@preact/signals";
import type { Map as MapLibreMap } from "maplibre-gl";
import type { VersionedFrame } from "../../../contract/frame_version.ts";
import type { Sidecar } from "../../../contract/sidecar.ts";
import type { TileId } from "../../../contract/tile.ts";
import { fetchContours, fetchSidecar, isRemembered, rememberSidecar } from "../requests/api.ts";
import { isCoarse } from "../state/coarse_model.ts";
import { frameName } from "../../../contract/identity.ts";
import { leadOf, leadText } from "../../../contract/lead.ts";
import type { FramePreloader } from "../state/frame_preloaders.ts";
import type { Prepared } from "../state/frame_sync.ts";
import { messageOf } from "../requests/describe_error.ts";
import type { Pane } from "../state/pane.ts";
import { type Model, nearest } from "../state/selection.ts";
import type { Viewer } from "../state/viewer.ts";
import { FIRST_OVERLAY_LAYER } from "./basemap_style.ts";
import { COUNTIES_LAYER } from "./counties.ts";
import { attribute } from "./attribution.ts";
import { FrameBuffers, type FrameContent } from "./frame_buffers.ts";
import { tileAddress } from "./weather/tile_address.ts";
import type { TileStore } from "../state/tile_store.ts";
import { tilesOf } from "./weather/tiles_in_view.ts";
import { rangeOnMap, type TileGrid } from "./view_range.ts";

/** Number of upcoming frames that are put on the graphics card before they are due; further ones are only fetched. */
const PRELOADED_FRAMES = 3;
/** Rest after which the neighbouring hours are put on the graphics card, so that an arrow key is answered at once. */
const REST_MS = 60;
/** Interval at which the tiles of a moving view are loaded. */
const FOLLOW_EVERY_MS = 120;
const FOLLOW_AGAIN_MS = 5000;
/** Time without another request after which the rest of the loop is prefetched. */
const IDLE_MS = 1200;
/** Limit of the tiles in one prefetch: a loop of 49 hours over a desktop's 40 tiles. */
const MAX_PREFETCHED_TILES = 2000;

/** Loads a pane's frames onto its map, and upcoming frames before they are due. */
export class FrameRenderer implements FramePreloader {
  readonly #map: MapLibreMap;
  readonly #viewer: Viewer;
  readonly #pane: Pane;
  readonly #store: TileStore;
  readonly #buffers: FrameBuffers;
  readonly #stops: (() => void)[] = [];
  #followTimer: ReturnType<typeof setTimeout> | undefined;
  #gapTimer: ReturnType<typeof setTimeout> | undefined;
  #hasGap = false;
  #isClosed = false;
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #restTimer: ReturnType<typeof setTimeout> | undefined;
  #countTimer: number | null = null;

  constructor(map: MapLibreMap, viewer: Viewer, pane: Pane) {
    this.#map = map;
    this.#viewer = viewer;
    this.#pane = pane;
    this.#store = viewer.tiles;
    this.#buffers = new FrameBuffers(map, viewer.tiles, overlayLayer(map));
    rememberSidecar(pane.sync.paintedFrame.peek(), pane.sync.sidecar.peek()); // the page contained it
    pane.sync.attach((frame, signal) => this.#prepare(frame, signal));
    const onMove = () => this.#followSoon(FOLLOW_EVERY_MS);
    const onMoved = () => this.#followSoon(0);
    map.on("move", onMove);
    map.on("moveend", onMoved);
    this.#stops.push(
      effect(() => {
        void pane.sync.requested.value;
        this.#buffers.postpone();
      }),
      effect(() => this.#buffers.showContours(viewer.layers.areContoursShown.value)),
      effect(() => this.#buffers.setOpacity(viewer.layers.opacity.value)),
      () => map.off("move", onMove),
      () => map.off("moveend", onMoved),
    );
    viewer.preloaders.register(pane, this);
    if (pane === viewer.first) this.#watchBuffered();
  }

  /** Loads the tiles of a moving view, and tries again while they fail. */
  #followSoon(inMs: number): void {
    if (inMs === 0) clearTimeout(this.#followTimer);
    else if (this.#followTimer !== undefined) return;
    this.#followTimer = setTimeout(() => {
      this.#followTimer = undefined;
      this.#buffers.followView().then(() => this.#reportGap(null), (error) => {
        if (error.name !== "AbortError") this.#reportGap(error); // otherwise another frame is on the map by now
      });
    }, inMs);
  }

  /**
   * Shows or removes the notice of a gap.
   * @param error the reason why a part of the view is missing; null when none is
   */
  #reportGap(error: unknown): void {
    clearTimeout(this.#gapTimer);
    if (error && !this.#isClosed) {
      this.#hasGap = true;
      const text = "A part of the map could not be loaded";
      this.#viewer.notices.notify({ kind: "partial", text, detail: messageOf(error) });
      this.#gapTimer = setTimeout(() => this.#followSoon(0), FOLLOW_AGAIN_MS);
    } else if (this.#hasGap) {
      this.#hasGap = false;
      this.#viewer.notices.dismiss("partial");
    }
  }

  /** Counts the loaded frames, and prefetches the loop when the map rests. */
  #watchBuffered(): void {
    const { sync, frames } = this.#pane;
    const count = () => this.#countSoon();
    const rest = () => {
      this.#countSoon();
      this.#fetchLoopSoon();
      this.#loadNeighboursSoon();
    };
    this.#map.on("moveend", rest);
    this.#stops.push(
      this.#store.listen(count),
      effect(() => {
        void [sync.paintedFrame.value, frames.value];
        rest();
      }),
      () => this.#map.off("moveend", rest),
    );
  }

  isReady(timeMs: number): boolean {
    return this.#buffers.isLoaded(this.#frameAtTime(timeMs));
  }

  preload(timesMs: readonly number[]): void {
    const frames = timesMs.map((timeMs) => this.#frameAtTime(timeMs));
    this.#prefetch(frames);
    for (const frame of frames.slice(0, PRELOADED_FRAMES)) {
      if (!this.#buffers.isLoaded(frame)) this.#load(frame).catch(() => {}); // requested again when due
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#reportGap(null);
    clearTimeout(this.#followTimer);
    clearTimeout(this.#idleTimer);
    clearTimeout(this.#restTimer);
    if (this.#countTimer !== null) cancelAnimationFrame(this.#countTimer);
    this.#stops.forEach((stop) => stop());
    this.#buffers.close();
    this.#viewer.preloaders.register(this.#pane, null);
    this.#pane.sync.detach();
  }

  async #prepare(frame: VersionedFrame, signal: AbortSignal): Promise<Prepared> {
    const sidecar = await this.#load(frame, signal);
    return {
      frame,
      sidecar,
      paint: () => {
        this.#buffers.paint(frame);
        attribute(this.#map, this.#modelOf(frame).attribution);
        const { dataset } = this.#map.getContainer();
        dataset.shownFrame = frameName(frame);
        dataset.shownVar = frame.var;
        dataset.shownHour = leadText(frame.lead);
      },
    };
  }

  /** Loads image, sidecar and contours at the same time. @throws the error of any of them */
  async #load(frame: VersionedFrame, signal?: AbortSignal): Promise<Sidecar> {
    const model = this.#modelOf(frame);
    const style = { ...this.#gridOf(model), isCoarse: isCoarse(model) };
    const { sidecar } = await this.#buffers.load(frame, style, () => contentOf(frame));
    signal?.throwIfAborted();
    return sidecar;
  }

  #modelOf({ model }: VersionedFrame): Model {
    return this.#viewer.models.peek().find(({ id }) => id === model) ?? this.#pane.model.peek();
  }

  #gridOf({ native_zoom: nativeZoom, coverage }: Model): TileGrid {
    return { tileSizePx: this.#viewer.props.tileSizePx, nativeZoom, coverage };
  }

  #frameAtTime(timeMs: number): VersionedFrame {
    return this.#frameAt(nearest(this.#pane.frames.peek(), timeMs));
  }

  #frameAt(index: number): VersionedFrame {
    const { model, run, variable, frames } = this.#pane;
    const frame = frames.peek()[index]!;
    return { model: model.peek().id, run: run.peek().run, var: variable.peek(), lead: leadOf(frame), v: frame.v };
  }

  #tilesInView(): TileId[] {
    const range = rangeOnMap(this.#map, this.#gridOf(this.#pane.model.peek()));
    return range ? tilesOf(range) : [];
  }

  #prefetch(frames: readonly VersionedFrame[]): void {
    for (const frame of frames) {
      if (isRemembered(frame)) continue;
      fetchSidecar(frame).then((sidecar) => fetchContours(frame, sidecar)).then(() => this.#countSoon(), () => {});
    }
    const tiles = this.#tilesInView();
    const urls = frames.flatMap((frame) => tiles.map((tile) => tileAddress(frame, tile)));
    this.#store.prefetch(urls.slice(0, MAX_PREFETCHED_TILES));
  }

  #loadNeighboursSoon(): void {
    clearTimeout(this.#restTimer);
    if (savesData()) return;
    this.#restTimer = setTimeout(() => {
      if (this.#viewer.playback.isPlaying.peek() || this.#map.isMoving() || !this.#pane.sync.isPainted.peek()) return;
      const index = this.#pane.index.peek();
      for (const beside of [index + 1, index - 1]) {
        if (beside < 0 || beside >= this.#pane.frames.peek().length) continue;
        this.#load(this.#frameAt(beside)).catch(() => {}); // requested again when needed
      }
    }, REST_MS);
  }

  /** Prefetches the frames after the shown one, then those before it. */
  #fetchLoopSoon(): void {
    clearTimeout(this.#idleTimer);
    if (savesData()) return;
    this.#idleTimer = setTimeout(() => {
      if (this.#viewer.playback.isPlaying.peek() || document.visibilityState !== "visible") return;
      const count = this.#pane.frames.peek().length;
      const index = this.#pane.index.peek();
      this.#prefetch(Array.from({ length: count - 1 }, (_, i) => this.#frameAt((index + 1 + i) % count)));
    }, IDLE_MS);
  }

  #countSoon(): void {
    this.#countTimer ??= requestAnimationFrame(() => {
      this.#countTimer = null;
      const tiles = this.#tilesInView();
      const isThere = (frame: VersionedFrame) =>
        isRemembered(frame) && tiles.every((tile) => this.#store.has(tileAddress(frame, tile)));
      const indices = this.#pane.frames.peek().map((_, index) => index);
      const there = new Set(indices.filter((index) => isThere(this.#frameAt(index))));
      const { buffered } = this.#viewer.preloaders;
      const known = buffered.peek();
      if (there.size !== known.size || [...there].some((index) => !known.has(index))) buffered.value = there;
    });
  }
}

async function contentOf(frame: VersionedFrame): Promise<FrameContent> {
  const sidecar = await fetchSidecar(frame);
  return { sidecar, contours: await fetchContours(frame, sidecar), isBlended: !hasNamedClasses(sidecar) };
}

/** Whether the reader asked the browser to save data. Only Chromium reports this. */
function savesData(): boolean {
  const { connection } = navigator as Navigator & { readonly connection?: { readonly saveData?: boolean } };
  return connection?.saveData ?? false;
}

/**
 * Whether a legend's classes have names: such classes have no order, and blending two would show a third that is not
 * there.
 */
function hasNamedClasses({ legend }: Sidecar): boolean {
  return legend.type === "discrete" && legend.classes.some(({ level, label }) => label !== String(level));
}

/**
 * Returns the layer that weather goes below. A custom style has none of the page's layers: weather then goes below its
 * first names.
 */
function overlayLayer(map: MapLibreMap): string | undefined {
  const own = [COUNTIES_LAYER, FIRST_OVERLAY_LAYER].find((id) => map.getLayer(id));
  return own ?? map.getStyle().layers.find((layer) => layer.type === "symbol")?.id;
}
