import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { FramesAnswer, ModelsAnswer, RunsAnswer, VarsAnswer } from "../../contract/api.ts";
import type { FrameId } from "../../contract/identity.ts";
import type { Regions } from "../../contract/regions.ts";
import type { Sidecar } from "../../contract/sidecar.ts";
import { fetchSidecar } from "./api.ts";
import type { HoverState } from "./hover_sampler.ts";

type Model = ModelsAnswer["models"][number];

/** What the server knows when it renders the page; all of it survives JSON. */
export interface ViewerProps {
  readonly model: Model;
  readonly run: RunsAnswer["runs"][number];
  readonly variable: VarsAnswer["vars"][number];
  readonly frames: FramesAnswer["frames"];
  readonly sidecar: Sidecar;
  readonly regions: Regions;
  readonly tileSizePx: number;
  readonly basemap: Readonly<Record<string, string>>;
  readonly basemapStyleUrl: string | null;
  readonly mapWorker: string;
}

export interface ViewerState {
  readonly props: ViewerProps;
  readonly frameIndex: ReadonlySignal<number>;
  readonly frame: ReadonlySignal<FrameId>;
  /** Of the frame on the map: its legend, units and source are the ones shown. */
  readonly sidecar: ReadonlySignal<Sidecar>;
  readonly region: ReadonlySignal<string>;
  readonly hover: ReadonlySignal<HoverState>;
  readonly failure: ReadonlySignal<string | null>;
  selectFrame(index: number): void;
  selectRegion(id: string): void;
  setHover(state: HoverState): void;
}

export function createViewerState(props: ViewerProps): ViewerState {
  const frameIndex = signal(Math.max(props.frames.findIndex(({ fh }) => fh === props.sidecar.fh), 0));
  const sidecar = signal(props.sidecar);
  const region = signal(Object.keys(props.regions)[0]!);
  const hover = signal<HoverState>({ status: "hidden" });
  const failure = signal<string | null>(null);
  const frame = computed<FrameId>(() => ({
    model: props.model.id,
    run: props.run.run,
    var: props.variable.id,
    fh: props.frames[frameIndex.value]!.fh,
  }));

  async function loadSidecar(wanted: FrameId): Promise<void> {
    try {
      const loaded = await fetchSidecar(wanted);
      if (frame.peek().fh !== wanted.fh) return; // overtaken
      batch(() => {
        sidecar.value = loaded;
        failure.value = null;
      });
    } catch (error) {
      failure.value = error instanceof Error ? error.message : String(error);
    }
  }

  return {
    props,
    frameIndex,
    frame,
    sidecar,
    region,
    hover,
    failure,
    selectFrame(index) {
      const bounded = Math.min(Math.max(index, 0), props.frames.length - 1);
      if (bounded === frameIndex.peek()) return;
      frameIndex.value = bounded;
      void loadSidecar(frame.peek());
    },
    selectRegion(id) {
      if (id in props.regions) region.value = id;
    },
    setHover(state) {
      hover.value = state;
    },
  };
}
