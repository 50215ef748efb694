import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Regions } from "../../../contract/regions.ts";
import { fetchModels } from "../requests/api.ts";
import type { GeoPoint } from "./camera.ts";
import { Comparison } from "./comparison.ts";
import { FramePreloaders } from "./frame_preloaders.ts";
import { Layers } from "./layers.ts";
import { Meteogram } from "./meteogram.ts";
import { Notices } from "./notices.ts";
import { Pane, type PaneProps } from "./pane.ts";
import type { Permalink } from "./permalink.ts";
import { Playback } from "./playback.ts";
import { type Model, nearest } from "./selection.ts";
import { TileStore } from "./tile_store.ts";
import { View } from "./view.ts";

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

/** The page's state: its parts, and the commands that concern several of them. */
export class Viewer {
  readonly props: ViewerProps;
  readonly models: Signal<readonly Model[]>;
  readonly first: Pane;
  readonly comparison: Comparison;
  readonly view: View;
  readonly layers: Layers;
  readonly pin: Signal<GeoPoint | null>;
  readonly meteogram = new Meteogram();
  readonly playback: Playback;
  readonly preloaders: FramePreloaders;
  /** Tiles of all maps. */
  readonly tiles = new TileStore();
  readonly notices = new Notices();
  readonly isHelpShown: Signal<boolean> = signal(false);

  constructor(props: ViewerProps) {
    const { link } = props;
    this.props = props;
    this.models = signal(props.models);
    this.first = new Pane(this.models, props.pane);
    this.comparison = new Comparison(this.models, this.first, this.notices, link);
    this.view = new View(props.regions, link);
    this.layers = new Layers(link);
    this.pin = signal(link.pin ?? null);
    this.preloaders = new FramePreloaders(this.first, this.comparison);
    this.playback = playbackOf(this.first, this.preloaders);
    if (props.missing) this.notices.notify({ kind: "missing", text: props.missing });
  }

  /** The panes that are shown. */
  readonly panes: ReadonlySignal<readonly Pane[]> = computed(() => {
    const second = this.comparison.second.value;
    return second ? [this.first, second] : [this.first];
  });

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
      void this.comparison.show(compare, choice);
    }
    if (!region && !at) this.view.restoreRegion();
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

  /** Pins a point, or removes the pin and its series. */
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
}

/** Returns the playback of the first pane's frames; the maps of other panes that play load them along. */
function playbackOf(first: Pane, preloaders: FramePreloaders): Playback {
  const timeOf = (index: number) => Date.parse(first.frames.peek()[index]!.valid_time);
  const playback = new Playback({
    frameCount: () => first.frames.peek().length,
    shownIndex: () => first.index.peek(),
    isReady: (index) => preloaders.isReady(timeOf(index)),
    preload: (indices) => preloaders.preload(indices.map(timeOf)),
    show: (index) => first.selectIndex(index),
  });
  effect(() => {
    void [first.variable.value, first.run.value.run, first.model.value.id];
    playback.forget();
  });
  return playback;
}
