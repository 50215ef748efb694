import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Regions } from "../../../contract/regions.ts";
import { fetchModels } from "../requests/api.ts";
import { readStored, writeStored } from "./browser_storage.ts";
import { TileStore } from "./tile_store.ts";
import { type Camera, cameraOver, type GeoPoint, type Size } from "./camera.ts";
import { Meteogram } from "./meteogram.ts";
import { messageOf } from "../requests/describe_error.ts";
import { Pane, type PaneProps } from "./pane.ts";
import { type Choice, type Model, nearest } from "./selection.ts";
import type { Permalink } from "./permalink.ts";
import { Playback } from "./playback.ts";
import { type FrameText, leadText } from "../../../contract/lead.ts";

/** The server's data for rendering the page; all of it survives JSON. */
export interface ViewerProps {
  /** All models that have published runs. */
  readonly models: readonly Model[];
  readonly pane: PaneProps;
  readonly regions: Regions;
  readonly tileSizePx: number;
  readonly basemap: Readonly<Record<string, string>>;
  readonly basemapStyleUrl: string | null;
  readonly mapWorker: string;
  readonly eventWorker: string;
  /** Description of the parts that an address names and that do not exist; null when there are none. */
  readonly missing: string | null;
  readonly link: Permalink;
}

export type CompareMode = "side" | "swipe";

/** A map's access to its frames, by their valid time in ms; playback calls it. */
export interface FramePreloader {
  isReady(timeMs: number): boolean;
  preload(timesMs: readonly number[]): void;
}

/** A line that tells the reader something. A notice replaces the last one of its kind. */
export interface Notice {
  readonly kind: "stale" | "removed" | "missing" | "newer" | "failed" | "partial" | "graphics";
  readonly text: string;
  /** Details for interested readers. */
  readonly detail?: string;
  readonly action?: { readonly label: string; run(): void };
}

/** The region of a view that belongs to no region of the list. */
export const NO_REGION = "";

/** Key under which the browser keeps the region that was chosen last. */
const REGION_KEY = "twf-v3/region";

/** The page's state: one or two panes, and their common parts. */
export class Viewer {
  readonly props: ViewerProps;
  readonly models: Signal<readonly Model[]>;
  readonly first: Pane;
  /** The pane that the first is compared with, or null. */
  readonly second: Signal<Pane | null> = signal(null);
  readonly compareMode: Signal<CompareMode>;
  /** Whether the second pane shows the first one's valid time. */
  readonly isTimeLinked: Signal<boolean> = signal(true);
  /** Counts second panes: each has its own map. */
  readonly pairs: Signal<number> = signal(0);
  /** The line between swiped panes, as a share of the width (0–1). */
  readonly swipe: Signal<number>;
  readonly regions: Signal<Regions>;
  /** The region of the view, or NO_REGION. */
  readonly region: Signal<string>;
  /** Counts choices of a region: choosing the same one again moves the map back to it. */
  readonly regionTurn: Signal<number> = signal(0);
  readonly camera: Signal<Camera | null>;
  readonly areContoursShown: Signal<boolean>;
  readonly areValuesShown: Signal<boolean>;
  /** Opacity of the weather in per cent. */
  readonly opacity: Signal<number>;
  readonly pin: Signal<GeoPoint | null>;
  readonly meteogram = new Meteogram();
  readonly playback: Playback;
  /** Tiles of all maps. */
  readonly tiles = new TileStore();
  /** Indices of the first pane's frames that can be painted without the network. */
  readonly buffered: Signal<ReadonlySet<number>> = signal(new Set());
  /** Notices on the page, one of a kind. */
  readonly notices: Signal<readonly Notice[]> = signal([]);
  readonly isHelpShown: Signal<boolean> = signal(false);
  readonly #preloaders = new Map<Pane, FramePreloader>();

  constructor(props: ViewerProps) {
    const { link, regions } = props;
    this.props = props;
    this.models = signal(props.models);
    this.first = new Pane(this.models, props.pane);
    this.compareMode = signal(link.compare ?? "side");
    this.regions = signal(regions);
    const isKnown = link.region !== undefined && Object.hasOwn(regions, link.region);
    this.region = signal(isKnown ? link.region! : link.at ? NO_REGION : Object.keys(regions)[0]!);
    this.camera = signal(link.at ?? null);
    this.areContoursShown = signal(link.lines ?? true);
    this.areValuesShown = signal(link.values ?? true);
    this.swipe = signal((link.swipe ?? 50) / 100);
    this.opacity = signal(link.opacity ?? 100);
    this.pin = signal(link.pin ?? null);
    this.playback = new Playback({
      frameCount: () => this.first.frames.peek().length,
      shownIndex: () => this.first.index.peek(),
      isReady: (index) => this.#isReady(index),
      preload: (indices) => {
        const times = indices.map((index) => this.#timeOf(index));
        for (const [pane, preloader] of this.#preloaders) if (this.#isPlayed(pane)) preloader.preload(times);
      },
      show: (index) => this.first.selectIndex(index),
    });
    effect(() => {
      void [this.first.variable.value, this.first.run.value.run, this.first.model.value.id];
      this.playback.forget();
    });
    if (props.missing) this.notify({ kind: "missing", text: props.missing });
  }

  /** Restores the parts that only a browser can show: the second pane of an address, and the last chosen region. */
  restore(): void {
    const { compare, model2, run2, var2, fh2, region, at } = this.props.link;
    if (compare) {
      const choice = {
        ...(model2 ? { model: model2 } : {}),
        ...(run2 ? { run: run2 } : {}),
        ...(var2 ? { var: var2 } : {}),
        ...(fh2 === undefined ? {} : { frame: fh2 }),
      };
      void this.compare(compare, choice);
    }
    const remembered = readStored(REGION_KEY);
    if (remembered && !region && !at) this.selectRegion(remembered);
  }

  /** The panes that are shown. */
  readonly panes: ReadonlySignal<readonly Pane[]> = computed(() =>
    this.second.value ? [this.first, this.second.value] : [this.first]
  );

  /** Registers the frames of a pane's map; null when the map is gone. */
  register(pane: Pane, preloader: FramePreloader | null): void {
    if (preloader) this.#preloaders.set(pane, preloader);
    else this.#preloaders.delete(pane);
  }

  /** Whether a frame can be shown: all panes that play have painted the last one, and can paint this one at once. */
  #isReady(index: number): boolean {
    const timeMs = this.#timeOf(index);
    return this.panes.peek().filter((pane) => this.#isPlayed(pane)).every((pane) =>
      pane.sync.status.peek() !== "loading" && (this.#preloaders.get(pane)?.isReady(timeMs) ?? false)
    );
  }

  #isPlayed(pane: Pane): boolean {
    return pane === this.first || (pane === this.second.peek() && this.isTimeLinked.peek());
  }

  #timeOf(index: number): number {
    return Date.parse(this.first.frames.peek()[index]!.valid_time);
  }

  /** Steps by a number of frames; playback stops. */
  step(frames: number): void {
    this.playback.pause();
    this.first.selectIndex(this.first.index.peek() + frames);
  }

  /** Steps by a number of hours, to the nearest frame; playback stops. */
  stepHours(hours: number): void {
    this.playback.pause();
    const { first } = this;
    const at = nearest(first.frames.peek(), first.validTimeMs.peek() + hours * 3_600_000);
    // When frames are further apart than the step, the step is one frame.
    first.selectIndex(at === first.index.peek() ? at + Math.sign(hours) : at);
  }

  /** Chooses the next or the previous variable in the order of the list. */
  stepVariable(by: 1 | -1): void {
    const variables = this.first.variables.peek();
    const at = variables.findIndex(({ id }) => id === this.first.variable.peek());
    const next = variables[(at + by + variables.length) % variables.length]!;
    void this.first.choose({ var: next.id });
  }

  selectRegion(id: string): void {
    if (!Object.hasOwn(this.regions.peek(), id)) return;
    batch(() => {
      this.region.value = id;
      this.regionTurn.value++;
    });
    writeStored(REGION_KEY, id);
  }

  /** Returns the camera that a map of this size begins with. */
  firstCamera(size: Size): Camera {
    return this.camera.peek() ?? this.cameraOfRegion(size);
  }

  /** Returns the camera that shows the chosen region on a map of this size. */
  cameraOfRegion(size: Size): Camera {
    const regions = this.regions.peek();
    const region = regions[this.region.peek()] ?? Object.values(regions)[0]!; // the list may have changed
    return cameraOver(region.bbox, size, region);
  }

  notify(notice: Notice): void {
    this.notices.value = [...this.notices.peek().filter(({ kind }) => kind !== notice.kind), notice];
  }

  dismiss(kind: Notice["kind"]): void {
    if (this.notices.peek().some((notice) => notice.kind === kind)) {
      this.notices.value = this.notices.peek().filter((notice) => notice.kind !== kind);
    }
  }

  /** Shows a second pane that begins like the first, except for the parts that a choice names. */
  async compare(mode: CompareMode, choice: Choice & { readonly frame?: FrameText } = {}): Promise<void> {
    this.compareMode.value = mode;
    if (this.second.peek()) return;
    try {
      const props = await Pane.load(this.models.peek(), choice, this.first);
      batch(() => {
        this.isTimeLinked.value = choice.frame === undefined;
        this.pairs.value++;
        this.second.value = new Pane(this.models, props);
      });
    } catch (error) {
      this.notify({ kind: "failed", text: `The second map could not be opened: ${messageOf(error)}` });
    }
  }

  endCompare(): void {
    this.second.value = null;
  }

  pinTo(point: GeoPoint | null): void {
    batch(() => {
      this.pin.value = point && { latDeg: point.latDeg, lonDeg: point.lonDeg }; // drops a camera's zoom
      if (point === null) this.meteogram.clear();
    });
  }

  /** Fetches the models and their latest runs again. */
  async refreshModels(): Promise<void> {
    this.models.value = (await fetchModels()).models;
  }

  /** The parts of the state that the page's address contains. */
  readonly link: ReadonlySignal<Permalink> = computed(() => {
    const painted = this.first.sync.paintedFrame.value;
    const second = this.second.value;
    const camera = this.camera.value;
    const pin = this.pin.value;
    const other = second?.sync.paintedFrame.value;
    return {
      ...painted,
      ...(camera ? { at: camera } : {}),
      ...(this.region.value === NO_REGION ? {} : { region: this.region.value }),
      ...(pin ? { pin } : {}),
      ...(this.areContoursShown.value ? {} : { lines: false }),
      ...(this.areValuesShown.value ? {} : { values: false }),
      ...(this.opacity.value === 100 ? {} : { opacity: this.opacity.value }),
      ...(other
        ? {
          compare: this.compareMode.value,
          ...(this.compareMode.value === "swipe" ? { swipe: Math.round(this.swipe.value * 100) } : {}),
          model2: other.model,
          run2: other.run,
          var2: other.var,
          ...(this.isTimeLinked.value ? {} : { fh2: leadText(other.lead) }),
        }
        : {}),
    };
  });
}
