import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { FramesAnswer, ModelsAnswer, RunsAnswer, VarsAnswer } from "../../../contract/api.ts";
import type { VersionedFrame } from "../../../contract/frame_version.ts";
import type { ModelId, RunId, VarId } from "../../../contract/identity.ts";
import type { Sidecar } from "../../../contract/sidecar.ts";
import { fetchFrames, fetchRuns, fetchSidecar, fetchVariables } from "../requests/api.ts";
import { FrameSync } from "./frame_sync.ts";
import type { HoverState } from "./hover_sampler.ts";

export type Model = ModelsAnswer["models"][number];
export type Run = RunsAnswer["runs"][number];
export type Variable = VarsAnswer["vars"][number];
export type Frame = FramesAnswer["frames"][number];

/** The initial state of a pane; all of it survives JSON. */
export interface PaneProps {
  readonly model: Model;
  /** The model's runs, newest first. */
  readonly runs: readonly Run[];
  readonly run: Run;
  /** The run's variables that have frames, in the order to offer them. */
  readonly variables: readonly Variable[];
  /** Frames of the sidecar's variable; at least one. */
  readonly frames: readonly Frame[];
  readonly sidecar: Sidecar;
}

/** A choice of the reader; parts that are left out stay the same if possible. */
export interface Choice {
  readonly model?: ModelId;
  /** The chosen run; null for the latest. */
  readonly run?: RunId | null;
  readonly var?: VarId;
}

/** The selection, and the options to choose from. */
interface Selection {
  readonly model: Model;
  readonly runs: readonly Run[];
  readonly run: Run;
  readonly variables: readonly Variable[];
  readonly variable: VarId;
  readonly frames: readonly Frame[];
}

/**
 * The choices of one map: a model, one of its runs, a variable and an hour. A choice takes effect when all its data are
 * loaded; until then, and when it fails, everything stays the same.
 */
export class Pane {
  readonly sync: FrameSync;
  /** State of the value under the pointer. */
  readonly hover: Signal<HoverState> = signal({ status: "hidden" });
  readonly #models: ReadonlySignal<readonly Model[]>;
  readonly #model;
  readonly #runs;
  readonly #run;
  readonly #variables;
  readonly #variable;
  readonly #frames;
  readonly #choosing = signal(false);
  readonly #refusal = signal<{ readonly choice: Choice; readonly error: unknown } | null>(null);
  #turn = 0;
  /** The choice that is still loading. */
  #wanted: Choice = {};

  constructor(models: ReadonlySignal<readonly Model[]>, props: PaneProps) {
    this.#models = models;
    this.#model = signal(props.model);
    this.#runs = signal(props.runs);
    this.#run = signal(props.run);
    this.#variables = signal(props.variables);
    this.#variable = signal<VarId>(props.sidecar.var);
    this.#frames = signal(props.frames);
    const { model, run, var: id, fh } = props.sidecar;
    const { v } = props.frames.find((frame) => frame.fh === fh) ?? {};
    this.sync = new FrameSync({ model, run, var: id, fh, v }, props.sidecar);
  }

  /** Loads the initial state of a pane for a choice; parts that the choice leaves out are those of another pane. */
  static async load(
    models: readonly Model[],
    choice: Choice & { readonly fh?: number },
    like: Pane,
  ): Promise<PaneProps> {
    const model = models.find(({ id }) => id === choice.model) ?? like.model.peek();
    const answer = await fetchRuns(model.id);
    const run = runOf(answer, choice.run ?? (model.id === like.model.peek().id ? like.run.peek().run : null), model);
    const variables = (await fetchVariables(model.id, run.run)).vars.filter(hasFrames);
    const variable = variables.find(({ id }) => id === (choice.var ?? like.variable.peek())) ?? variables[0];
    if (!variable) throw new Error(`Run ${run.run} of ${model.name} has no published frames yet`);
    const { frames } = await fetchFrames(model.id, run.run, variable.id);
    if (frames.length === 0) throw new Error(`${variable.name} has no published hours yet`);
    const wanted = choice.fh === undefined ? like.validTimeMs.peek() : Date.parse(run.cycle_utc) + choice.fh * HOUR_MS;
    const frame = frames[nearest(frames, wanted)]!;
    const sidecar = await fetchSidecar({ model: model.id, run: run.run, var: variable.id, fh: frame.fh, v: frame.v });
    return { model, runs: answer.runs, run, variables, frames, sidecar };
  }

  get model(): ReadonlySignal<Model> {
    return this.#model;
  }

  /** The model's runs, newest first. */
  get runs(): ReadonlySignal<readonly Run[]> {
    return this.#runs;
  }

  get run(): ReadonlySignal<Run> {
    return this.#run;
  }

  get variables(): ReadonlySignal<readonly Variable[]> {
    return this.#variables;
  }

  /** The requested variable. */
  get variable(): ReadonlySignal<VarId> {
    return this.#variable;
  }

  get frames(): ReadonlySignal<readonly Frame[]> {
    return this.#frames;
  }

  /** Index of the requested frame. */
  readonly index: ReadonlySignal<number> = computed(() => {
    const { fh } = this.sync.requested.value;
    const index = this.#frames.value.findIndex((frame) => frame.fh === fh);
    return index === -1 ? 0 : index;
  });

  /** Valid time of the requested frame, in ms. */
  readonly validTimeMs: ReadonlySignal<number> = computed(() =>
    Date.parse(this.#frames.value[this.index.value]!.valid_time)
  );

  /** Whether a choice or the requested frame is still loading. */
  readonly isBusy: ReadonlySignal<boolean> = computed(() =>
    this.#choosing.value || this.sync.status.value === "loading"
  );

  /** The last choice and its error, when the choice failed. */
  get refusal(): ReadonlySignal<{ readonly choice: Choice; readonly error: unknown } | null> {
    return this.#refusal;
  }

  /** Requests a frame of the variable. */
  selectIndex(index: number): void {
    const frames = this.#frames.peek();
    const frame = frames[Math.min(Math.max(index, 0), frames.length - 1)]!;
    this.#refusal.value = null;
    void this.sync.request(this.#frameAt(frame));
  }

  /** Requests the frame whose valid time is nearest to a time. */
  selectTime(timeMs: number): void {
    this.selectIndex(nearest(this.#frames.peek(), timeMs));
  }

  /** Chooses another model, run or variable, at the same valid time or the nearest one available. */
  async choose(part: Choice): Promise<void> {
    const turn = ++this.#turn;
    // A variable that is chosen before the model has loaded belongs to that model.
    const choice = this.#choosing.peek() ? { ...this.#wanted, ...part } : part;
    this.#wanted = choice;
    this.#choosing.value = true;
    try {
      const model = choice.model === undefined
        ? this.#model.peek()
        : this.#models.peek().find(({ id }) => id === choice.model)!;
      const isSameModel = model.id === this.#model.peek().id;
      const needsRuns = !isSameModel || choice.run !== undefined;
      const answer = needsRuns ? await fetchRuns(model.id) : null;
      const runs = answer?.runs ?? this.#runs.peek();
      const run = answer ? runOf(answer, choice.run ?? null, model) : this.#run.peek();
      const isSameRun = isSameModel && run.run === this.#run.peek().run;
      const variables = isSameRun
        ? this.#variables.peek()
        : (await fetchVariables(model.id, run.run)).vars.filter(hasFrames);
      const wanted = choice.var ?? this.#variable.peek();
      const variable = variables.find(({ id }) => id === wanted) ?? variables[0];
      if (!variable) throw new Error(`Run ${run.run} of ${model.name} has no published frames yet`);
      const { frames } = await fetchFrames(model.id, run.run, variable.id);
      if (turn !== this.#turn) return; // superseded
      if (frames.length === 0) throw new Error(`${variable.name} has no published hours yet`);
      const frame = frames[nearest(frames, this.validTimeMs.peek())]!;
      const before = this.#selection();
      const asked: VersionedFrame = { model: model.id, run: run.run, var: variable.id, fh: frame.fh, v: frame.v };
      const painted = batch(() => {
        this.#select({ model, runs, run, variables, variable: variable.id, frames });
        this.#refusal.value = null;
        return this.sync.request(asked);
      });
      void painted.then(() => {
        // A selection that cannot be painted is undone: everything returns to the frame on the map.
        if (turn === this.#turn && this.sync.failure.peek()?.frame === asked) this.#select(before);
      });
    } catch (error) {
      if (turn === this.#turn) this.#refusal.value = { choice, error };
    } finally {
      if (turn === this.#turn) this.#choosing.value = false;
    }
  }

  /** Takes over newly published data; the selection stays. @returns false when the shown run no longer exists */
  async refresh(): Promise<boolean> {
    const model = this.#model.peek();
    const { run } = this.#run.peek();
    const variable = this.#variable.peek();
    const { runs } = await fetchRuns(model.id);
    const own = runs.find((candidate) => candidate.run === run);
    const isCurrent = () => {
      return this.#model.peek().id === model.id && this.#run.peek().run === run && this.#variable.peek() === variable;
    };
    if (!own) {
      if (!isCurrent()) return true;
      this.#runs.value = runs;
      return false;
    }
    const [{ vars }, { frames }] = await Promise.all([
      fetchVariables(model.id, run),
      fetchFrames(model.id, run, variable),
    ]);
    if (!isCurrent() || frames.length === 0) return true;
    batch(() => {
      this.#runs.value = runs;
      this.#run.value = own;
      this.#variables.value = vars.filter(hasFrames);
      this.#frames.value = frames;
    });
    this.#followVersion();
    return true;
  }

  /** Requests the frame again when it was built again: the bytes of the shown version are no longer served. */
  #followVersion(): void {
    const { fh, v } = this.sync.requested.peek();
    const listed = this.#frames.peek().find((frame) => frame.fh === fh);
    if (listed && listed.v !== v) void this.sync.request(this.#frameAt(listed));
  }

  #selection(): Selection {
    return {
      model: this.#model.peek(),
      runs: this.#runs.peek(),
      run: this.#run.peek(),
      variables: this.#variables.peek(),
      variable: this.#variable.peek(),
      frames: this.#frames.peek(),
    };
  }

  #select({ model, runs, run, variables, variable, frames }: Selection): void {
    batch(() => {
      this.#model.value = model;
      this.#runs.value = runs;
      this.#run.value = run;
      this.#variables.value = variables;
      this.#variable.value = variable;
      this.#frames.value = frames;
    });
  }

  #frameAt({ fh, v }: Frame): VersionedFrame {
    return { model: this.#model.peek().id, run: this.#run.peek().run, var: this.#variable.peek(), fh, v };
  }
}

const HOUR_MS = 3_600_000;

function runOf({ runs, latest_run: latest }: RunsAnswer, wanted: RunId | null, model: Model): Run {
  const run = runs.find((candidate) => candidate.run === (wanted ?? latest)) ?? runs[0];
  if (!run) throw new Error(`No run of ${model.name} is published`);
  return run;
}

function hasFrames({ available_frames: available }: Variable): boolean {
  return available > 0;
}

/** Returns the index of the frame whose valid time is nearest to a time. */
export function nearest(frames: readonly Pick<Frame, "valid_time">[], timeMs: number): number {
  let best = 0;
  const distance = (index: number) => Math.abs(Date.parse(frames[index]!.valid_time) - timeMs);
  frames.forEach((_, index) => {
    if (distance(index) < distance(best)) best = index;
  });
  return best;
}

/** Whether `fetch` threw this because there is no network, by the messages of Chromium, Firefox and Safari. */
export function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError && /fetch|network|load failed/i.test(error.message);
}

/** Describes an error for a reader. */
export function messageOf(error: unknown): string {
  if (isNetworkError(error)) return "the server cannot be reached";
  const status = (error as { readonly status?: unknown } | null)?.status;
  if (typeof status === "number") return `the server answered ${status}`;
  if (error instanceof DOMException && error.name === "TimeoutError") return "the server did not answer in time";
  return error instanceof Error ? error.message : String(error);
}
