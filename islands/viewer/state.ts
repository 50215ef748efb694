import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { FramesAnswer, ModelsAnswer, RunsAnswer, VarsAnswer } from "../../contract/api.ts";
import type { FrameId, VarId } from "../../contract/identity.ts";
import type { Regions } from "../../contract/regions.ts";
import type { Sidecar } from "../../contract/sidecar.ts";
import { fetchFrames, fetchSidecar } from "./api.ts";
import type { HoverState } from "./hover_sampler.ts";

type Model = ModelsAnswer["models"][number];

/** What the server knows when it renders the page; all of it survives JSON. */
export interface ViewerProps {
  readonly model: Model;
  readonly run: RunsAnswer["runs"][number];
  /** All of the run, in the order to offer them. */
  readonly variables: VarsAnswer["vars"];
  /** Frames of the variable that the sidecar is of. */
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
  readonly frames: ReadonlySignal<FramesAnswer["frames"]>;
  readonly frameIndex: ReadonlySignal<number>;
  readonly frame: ReadonlySignal<FrameId>;
  /** Of the frame on the map: its legend, units and source are the ones shown. */
  readonly sidecar: ReadonlySignal<Sidecar>;
  readonly region: ReadonlySignal<string>;
  readonly hover: ReadonlySignal<HoverState>;
  readonly failure: ReadonlySignal<string | null>;
  selectFrame(index: number): void;
  /** Shows another variable at the same hour, or the nearest that it has. */
  selectVariable(id: VarId): Promise<void>;
  selectRegion(id: string): void;
  setHover(state: HoverState): void;
}

export function createViewerState(props: ViewerProps): ViewerState {
  const variable = signal<VarId>(props.sidecar.var);
  const frames = signal(props.frames);
  const frameIndex = signal(indexNearest(props.frames, props.sidecar.fh));
  const sidecar = signal(props.sidecar);
  const region = signal(Object.keys(props.regions)[0]!);
  const hover = signal<HoverState>({ status: "hidden" });
  const failure = signal<string | null>(null);
  const frame = computed<FrameId>(() => ({
    model: props.model.id,
    run: props.run.run,
    var: variable.value,
    fh: frames.value[frameIndex.value]!.fh,
  }));

  async function reportFailure(work: Promise<void>): Promise<void> {
    try {
      await work;
      failure.value = null;
    } catch (error) {
      failure.value = error instanceof Error ? error.message : String(error);
    }
  }

  async function loadSidecar(wanted: FrameId): Promise<void> {
    const loaded = await fetchSidecar(wanted);
    if (isSameFrame(frame.peek(), wanted)) sidecar.value = loaded; // else it was overtaken
  }

  let lastChosen = props.sidecar.var;

  async function loadVariable(id: VarId): Promise<void> {
    const { frames: available } = await fetchFrames(props.model.id, props.run.run, id);
    const index = indexNearest(available, frame.peek().fh);
    const wanted = { ...frame.peek(), var: id, fh: available[index]!.fh };
    const loaded = await fetchSidecar(wanted);
    if (lastChosen !== id) return; // overtaken
    batch(() => {
      frames.value = available;
      frameIndex.value = index;
      variable.value = id;
      sidecar.value = loaded;
    });
  }

  return {
    props,
    frames,
    frameIndex,
    frame,
    sidecar,
    region,
    hover,
    failure,
    selectFrame(index) {
      const bounded = Math.min(Math.max(index, 0), frames.peek().length - 1);
      if (bounded === frameIndex.peek()) return;
      frameIndex.value = bounded;
      void reportFailure(loadSidecar(frame.peek()));
    },
    selectVariable(id) {
      lastChosen = id;
      return reportFailure(loadVariable(id));
    },
    selectRegion(id) {
      if (id in props.regions) region.value = id;
    },
    setHover(state) {
      hover.value = state;
    },
  };
}

function indexNearest(frames: FramesAnswer["frames"], fh: number): number {
  let best = 0;
  frames.forEach((frame, i) => {
    if (Math.abs(frame.fh - fh) < Math.abs(frames[best]!.fh - fh)) best = i;
  });
  return best;
}

function isSameFrame(a: FrameId, b: FrameId): boolean {
  return a.model === b.model && a.run === b.run && a.var === b.var && a.fh === b.fh;
}
