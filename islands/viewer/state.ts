import { batch, computed, type ReadonlySignal, signal } from "@preact/signals";
import type { FramesAnswer, ModelsAnswer, RunsAnswer, VarsAnswer } from "../../contract/api.ts";
import type { FrameId, ModelId, RunId, VarId } from "../../contract/identity.ts";
import type { Regions } from "../../contract/regions.ts";
import type { Sidecar } from "../../contract/sidecar.ts";
import { fetchFrames } from "./api.ts";
import type { HoverState } from "./hover_sampler.ts";

type Model = ModelsAnswer["models"][number];

/** What the server knows when it renders the page; all of it survives JSON. */
export interface ViewerProps {
  readonly model: Model;
  /** All that have something published, this one included. */
  readonly models: readonly { readonly id: ModelId; readonly name: string }[];
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
  /** The frame that was asked for. */
  readonly frame: ReadonlySignal<FrameId>;
  /** The frame on the map. Its legend, units and values are the ones shown. */
  readonly sidecar: ReadonlySignal<Sidecar>;
  readonly shownFrame: ReadonlySignal<FrameId>;
  readonly isLoading: ReadonlySignal<boolean>;
  readonly region: ReadonlySignal<string>;
  /** Whether lines of equal value are drawn where a frame has them. */
  readonly areLinesShown: ReadonlySignal<boolean>;
  readonly hover: ReadonlySignal<HoverState>;
  readonly failure: ReadonlySignal<string | null>;
  /** A run that was published after the one on the page, if readers are to see it first. */
  readonly newerRun: ReadonlySignal<RunId | null>;
  /** Why the page does not know what was published lately, or null when it does. */
  readonly staleReason: ReadonlySignal<string | null>;
  selectFrame(index: number): void;
  /** Asks for another variable at the same hour, or the nearest that it has. */
  selectVariable(id: VarId): Promise<void>;
  selectRegion(id: string): void;
  showLines(areShown: boolean): void;
  setHover(state: HoverState): void;
  /** The map shows a frame now. */
  present(sidecar: Sidecar): void;
  /** Takes the frames that the variable has by now; the hour that is shown stays. */
  refreshFrames(): Promise<void>;
  setLatestRun(run: RunId | null): void;
  setStaleReason(reason: unknown): void;
  /** What was asked for cannot be shown: the reason is told, and the choice goes back to what is on the map. */
  fail(error: unknown): void;
}

export function createViewerState(props: ViewerProps): ViewerState {
  const variable = signal<VarId>(props.sidecar.var);
  const frames = signal(props.frames);
  const frameIndex = signal(indexNearest(props.frames, props.sidecar.fh));
  const sidecar = signal(props.sidecar);
  const region = signal(Object.keys(props.regions)[0]!);
  const areLinesShown = signal(true);
  const hover = signal<HoverState>({ status: "hidden" });
  const failure = signal<string | null>(null);
  const newerRun = signal<RunId | null>(null);
  const staleReason = signal<string | null>(null);
  const fh = computed(() => frames.value[frameIndex.value]!.fh);
  // Of parts that compare by value: more hours in the list are no other frame.
  const frame = computed<FrameId>(() => ({
    model: props.model.id,
    run: props.run.run,
    var: variable.value,
    fh: fh.value,
  }));
  const shownFrame = computed<FrameId>(() => {
    const { model, run, var: id, fh } = sidecar.value;
    return { model, run, var: id, fh };
  });
  const isLoading = computed(() => !isSameFrame(frame.value, shownFrame.value));
  /** Frames of the variable on the map, to go back to. */
  let shownFrames = props.frames;
  let lastChosen = props.sidecar.var;

  function present(shown: Sidecar): void {
    batch(() => {
      sidecar.value = shown;
      failure.value = null;
    });
    shownFrames = frames.peek();
  }

  function fail(error: unknown): void {
    batch(() => {
      failure.value = messageOf(error);
      frames.value = shownFrames;
      variable.value = sidecar.peek().var;
      frameIndex.value = indexNearest(shownFrames, sidecar.peek().fh);
    });
    lastChosen = sidecar.peek().var;
  }

  return {
    props,
    frames,
    frameIndex,
    frame,
    sidecar,
    shownFrame,
    isLoading,
    region,
    areLinesShown,
    hover,
    failure,
    newerRun,
    staleReason,
    selectFrame(index) {
      frameIndex.value = Math.min(Math.max(index, 0), frames.peek().length - 1);
    },
    async selectVariable(id) {
      lastChosen = id;
      try {
        const { frames: available } = await fetchFrames(props.model.id, props.run.run, id);
        if (lastChosen !== id) return; // overtaken
        batch(() => {
          const { fh } = frame.peek();
          frames.value = available;
          frameIndex.value = indexNearest(available, fh);
          variable.value = id;
        });
      } catch (error) {
        if (lastChosen === id) fail(error);
      }
    },
    selectRegion(id) {
      if (id in props.regions) region.value = id;
    },
    showLines(areShown) {
      areLinesShown.value = areShown;
    },
    setHover(state) {
      hover.value = state;
    },
    present,
    async refreshFrames() {
      const id = variable.peek();
      const { frames: available } = await fetchFrames(props.model.id, props.run.run, id);
      if (variable.peek() !== id || available.length === 0) return;
      if (sidecar.peek().var === id) shownFrames = available;
      batch(() => {
        const { fh } = frame.peek();
        frames.value = available;
        frameIndex.value = indexNearest(available, fh);
      });
    },
    setLatestRun(run) {
      newerRun.value = run !== null && run > props.run.run ? run : null;
    },
    setStaleReason(reason) {
      staleReason.value = reason === null ? null : messageOf(reason);
    },
    fail,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function indexNearest(frames: FramesAnswer["frames"], fh: number): number {
  let best = 0;
  frames.forEach((frame, i) => {
    if (Math.abs(frame.fh - fh) < Math.abs(frames[best]!.fh - fh)) best = i;
  });
  return best;
}

export function isSameFrame(a: FrameId, b: FrameId): boolean {
  return a.model === b.model && a.run === b.run && a.var === b.var && a.fh === b.fh;
}
