import { effect } from "@preact/signals";
import type { Map as MapLibreMap } from "maplibre-gl";
import type { FrameId } from "../../../contract/identity.ts";
import type { Sidecar } from "../../../contract/sidecar.ts";
import { fetchLines, fetchSidecar, isRemembered } from "../api.ts";
import { isCoarse } from "../state/detail.ts";
import { frameKey, type Prepared } from "../state/frame_lock.ts";
import { nearest, type Pane } from "../state/pane.ts";
import type { FrameStock, Viewer } from "../state/viewer.ts";
import { FIRST_OVERLAY_LAYER } from "./basemap_style.ts";
import { FrameBuffers, type PictureStyle } from "./frame_buffers.ts";
import { tileAddress } from "./tile_protocol.ts";
import type { TileStore } from "./tile_store.ts";
import { tilesInView } from "./tiles_in_view.ts";

/** Frames to come that are put on the map before they are due; more are only fetched. */
const LOADED_AHEAD = 3;
/** The hours beside the one that rests are put on the map after so long: a key is answered at once then. */
const REST_MS = 400;
/** The rest of the loop is fetched when nothing else was asked for, for so long. */
const IDLE_MS = 1200;
/** No more tiles than this are fetched before they are asked for: a loop of 49 hours over a desktop's 40. */
const MAX_TILES_AHEAD = 2000;

/** Brings a pane's frames onto its map, and those to come before they are due. */
export class Painter implements FrameStock {
  readonly #map: MapLibreMap;
  readonly #viewer: Viewer;
  readonly #pane: Pane;
  readonly #store: TileStore;
  readonly #buffers: FrameBuffers;
  readonly #isFirst: boolean;
  readonly #stops: (() => void)[] = [];
  #idleTimer: ReturnType<typeof setTimeout> | undefined;
  #restTimer: ReturnType<typeof setTimeout> | undefined;
  #stockTimer: number | null = null;

  constructor(map: MapLibreMap, viewer: Viewer, pane: Pane, store: TileStore) {
    this.#map = map;
    this.#viewer = viewer;
    this.#pane = pane;
    this.#store = store;
    this.#isFirst = pane === viewer.first;
    this.#buffers = new FrameBuffers(map, overlayLayer(map));
    pane.lock.attach((frame, signal) => this.#prepare(frame, signal));
    const onMove = () => this.#buffers.dropHidden();
    map.on("movestart", onMove);
    this.#stops.push(
      effect(() => this.#buffers.showLines(viewer.areLinesShown.value)),
      effect(() => this.#buffers.setOpacity(viewer.opacity.value)),
      () => map.off("movestart", onMove),
    );
    viewer.supply(pane, this);
    if (this.#isFirst) this.#keepStock();
  }

  /** Counts what is there, and fetches the loop when the map rests. */
  #keepStock(): void {
    const { lock, frames } = this.#pane;
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
        void [lock.paintedFrame.value, frames.value];
        rest();
      }),
      () => this.#map.off("moveend", rest),
    );
  }

  isReady(timeMs: number): boolean {
    return this.#buffers.isLoaded(this.#frameAtTime(timeMs));
  }

  expect(timesMs: readonly number[]): void {
    const frames = timesMs.map((timeMs) => this.#frameAtTime(timeMs));
    this.#fetchAhead(frames);
    for (const frame of frames.slice(0, LOADED_AHEAD)) {
      if (!this.#buffers.isLoaded(frame)) this.#load(frame).catch(() => {}); // it is asked for again when it is due
    }
  }

  close(): void {
    clearTimeout(this.#idleTimer);
    clearTimeout(this.#restTimer);
    if (this.#stockTimer !== null) cancelAnimationFrame(this.#stockTimer);
    this.#stops.forEach((stop) => stop());
    this.#buffers.close();
    this.#viewer.supply(this.#pane, null);
    this.#pane.lock.detach();
  }

  async #prepare(frame: FrameId, signal: AbortSignal): Promise<Prepared> {
    const sidecar = await this.#load(frame, signal);
    return {
      frame,
      sidecar,
      paint: () => {
        this.#buffers.paint(frame);
        const { dataset } = this.#map.getContainer();
        dataset.shownFrame = frameKey(frame);
        dataset.shownVar = frame.var;
        dataset.shownHour = String(frame.fh);
      },
    };
  }

  /** Whatever is shown of a frame: first the sidecar, which an unpublished frame has none of. */
  async #load(frame: FrameId, signal?: AbortSignal): Promise<Sidecar> {
    const sidecar = await fetchSidecar(frame, signal);
    const lines = await fetchLines(frame, sidecar);
    signal?.throwIfAborted();
    await this.#buffers.load(frame, lines, this.#styleOf(sidecar));
    return sidecar;
  }

  #styleOf(sidecar: Sidecar): PictureStyle {
    const model = this.#viewer.models.peek().find(({ id }) => id === sidecar.model) ?? this.#pane.model.peek();
    return {
      tileSizePx: this.#viewer.props.tileSizePx,
      nativeZoom: model.native_zoom,
      isCoarse: isCoarse(model),
      bounds: model.coverage,
      attribution: model.attribution,
      resampling: hasNamedClasses(sidecar) ? "nearest" : "linear",
    };
  }

  #frameAtTime(timeMs: number): FrameId {
    return this.#frameAt(nearest(this.#pane.frames.peek(), timeMs));
  }

  #frameAt(index: number): FrameId {
    const { model, run, variable, frames } = this.#pane;
    return { model: model.peek().id, run: run.peek().run, var: variable.peek(), fh: frames.peek()[index]!.fh };
  }

  #tilesOf(frame: FrameId): string[] {
    const bounds = this.#map.getBounds();
    const model = this.#pane.model.peek();
    return tilesInView({
      zoom: this.#map.getZoom(),
      bounds: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()],
      tileSizePx: this.#viewer.props.tileSizePx,
      nativeZoom: model.native_zoom,
      coverage: model.coverage,
    }).map((tile) => tileAddress(frame, tile));
  }

  #fetchAhead(frames: readonly FrameId[]): void {
    for (const frame of frames) {
      if (isRemembered(frame)) continue;
      fetchSidecar(frame).then((sidecar) => fetchLines(frame, sidecar)).then(() => this.#countSoon(), () => {});
    }
    this.#store.fetchAhead(frames.flatMap((frame) => this.#tilesOf(frame)).slice(0, MAX_TILES_AHEAD));
  }

  #loadNeighboursSoon(): void {
    clearTimeout(this.#restTimer);
    if (savesData()) return;
    this.#restTimer = setTimeout(() => {
      if (this.#viewer.playback.isPlaying.peek() || this.#map.isMoving() || !this.#pane.lock.isPainted.peek()) return;
      const index = this.#pane.index.peek();
      for (const beside of [index + 1, index - 1]) {
        if (beside < 0 || beside >= this.#pane.frames.peek().length) continue;
        this.#load(this.#frameAt(beside)).catch(() => {}); // it is asked for again when it is wanted
      }
    }, REST_MS);
  }

  /** The frames after the one that is shown, then those before it. */
  #fetchLoopSoon(): void {
    clearTimeout(this.#idleTimer);
    if (savesData()) return;
    this.#idleTimer = setTimeout(() => {
      if (this.#viewer.playback.isPlaying.peek() || document.visibilityState !== "visible") return;
      const count = this.#pane.frames.peek().length;
      const index = this.#pane.index.peek();
      this.#fetchAhead(Array.from({ length: count - 1 }, (_, i) => this.#frameAt((index + 1 + i) % count)));
    }, IDLE_MS);
  }

  #countSoon(): void {
    this.#stockTimer ??= requestAnimationFrame(() => {
      this.#stockTimer = null;
      const there = new Set<number>();
      this.#pane.frames.peek().forEach((_, index) => {
        const frame = this.#frameAt(index);
        if (isRemembered(frame) && this.#tilesOf(frame).every((tile) => this.#store.has(tile))) there.add(index);
      });
      this.#viewer.buffered.value = there;
    });
  }
}

/** Whether the reader asked his browser to fetch no more than it must. Chromium alone tells. */
function savesData(): boolean {
  const { connection } = navigator as Navigator & { readonly connection?: { readonly saveData?: boolean } };
  return connection?.saveData ?? false;
}

/** Classes with names have no order: blending two of them would show a third that is not there. */
function hasNamedClasses({ legend }: Sidecar): boolean {
  return legend.type === "discrete" && legend.classes.some(({ level, label }) => label !== String(level));
}

/** A style of somebody else's has no layer of ours: weather then goes below its first names. */
function overlayLayer(map: MapLibreMap): string | undefined {
  if (map.getLayer(FIRST_OVERLAY_LAYER)) return FIRST_OVERLAY_LAYER;
  return map.getStyle().layers.find((layer) => layer.type === "symbol")?.id;
}
