import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { VersionedFrame } from "../../../contract/frame_version.ts";
import { validTime, type VarId } from "../../../contract/identity.ts";
import { type FrameText, leadOf, leadText } from "../../../contract/lead.ts";
import type { Sidecar } from "../../../contract/sidecar.ts";
import { fetchFrames, fetchRuns, fetchSidecar, fetchVariables } from "../requests/api.ts";
import { FrameSync } from "./frame_sync.ts";
import type { HoverState } from "./hover_sampler.ts";
import {
  type Choice,
  type Frame,
  hasFrames,
  type Model,
  nearest,
  resolveSelection,
  type Run,
  type Selection,
  type Variable,
} from "./selection.ts";

/** The initial state of a pane; all of it survives JSON. The variable is that of the sidecar. */
export interface PaneProps extends Omit<Selection, "variable"> {
  readonly sidecar: Sidecar;
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
  readonly #selection: Signal<Selection>;
  readonly #choosing = signal(false);
  readonly #refusal = signal<{ readonly choice: Choice; readonly error: unknown } | null>(null);
  #turn = 0;
  /** The choice that is still loading. */
  #wanted: Choice = {};

  constructor(models: ReadonlySignal<readonly Model[]>, { sidecar, ...props }: PaneProps) {
    this.#models = models;
    this.#selection = signal({ ...props, variable: sidecar.var });
    const { model, run, var: id, frame } = sidecar;
    const { v } = props.frames.find((listed) => listed.frame === frame) ?? {};
    this.sync = new FrameSync({ model, run, var: id, lead: leadOf(sidecar), v }, sidecar);
  }

  /** Loads the initial state of a pane for a choice; parts that the choice leaves out are those of another pane. */
  static async load(
    models: readonly Model[],
    { frame: wanted, ...choice }: Choice & { readonly frame?: FrameText },
    like: Pane,
  ): Promise<PaneProps> {
    const { model: id, ...rest } = choice;
    const known = models.some((model) => model.id === id) ? choice : rest;
    const { variable, ...selection } = await resolveSelection(models, known, like.#selection.peek());
    const { model, run, frames } = selection;
    const timeMs = wanted === undefined
      ? like.validTimeMs.peek()
      : validTime(run.run, leadOf({ frame: wanted })).getTime();
    const frame = frames[nearest(frames, timeMs)]!;
    const sidecar = await fetchSidecar({
      model: model.id,
      run: run.run,
      var: variable,
      lead: leadOf(frame),
      v: frame.v,
    });
    return { ...selection, sidecar };
  }

  readonly model: ReadonlySignal<Model> = computed(() => this.#selection.value.model);
  readonly runs: ReadonlySignal<readonly Run[]> = computed(() => this.#selection.value.runs);
  readonly run: ReadonlySignal<Run> = computed(() => this.#selection.value.run);
  readonly variables: ReadonlySignal<readonly Variable[]> = computed(() => this.#selection.value.variables);
  /** The requested variable. */
  readonly variable: ReadonlySignal<VarId> = computed(() => this.#selection.value.variable);
  readonly frames: ReadonlySignal<readonly Frame[]> = computed(() => this.#selection.value.frames);

  /** Index of the requested frame. */
  readonly index: ReadonlySignal<number> = computed(() => {
    const wanted = leadText(this.sync.requested.value.lead);
    const index = this.frames.value.findIndex(({ frame }) => frame === wanted);
    return index === -1 ? 0 : index;
  });

  /** Valid time of the requested frame, in ms. */
  readonly validTimeMs: ReadonlySignal<number> = computed(() =>
    Date.parse(this.frames.value[this.index.value]!.valid_time)
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
    const frames = this.frames.peek();
    const frame = frames[Math.min(Math.max(index, 0), frames.length - 1)]!;
    this.#refusal.value = null;
    void this.sync.request(this.#frameAt(frame));
  }

  /** Requests the frame whose valid time is nearest to a time. */
  selectTime(timeMs: number): void {
    this.selectIndex(nearest(this.frames.peek(), timeMs));
  }

  /** Chooses another model, run or variable, at the same valid time or the nearest one available. */
  async choose(part: Choice): Promise<void> {
    const turn = ++this.#turn;
    // A variable that is chosen before the model has loaded belongs to that model.
    const choice = this.#choosing.peek() ? { ...this.#wanted, ...part } : part;
    this.#wanted = choice;
    this.#choosing.value = true;
    try {
      const selection = await resolveSelection(this.#models.peek(), choice, this.#selection.peek());
      if (turn !== this.#turn) return; // superseded
      const frame = selection.frames[nearest(selection.frames, this.validTimeMs.peek())]!;
      const before = this.#selection.peek();
      const painted = batch(() => {
        this.#selection.value = selection;
        this.#refusal.value = null;
        return this.sync.request(this.#frameAt(frame));
      });
      const asked = this.sync.requested.peek();
      void painted.then(() => {
        // A selection that cannot be painted is undone: everything returns to the frame on the map.
        if (turn === this.#turn && this.sync.failure.peek()?.frame === asked) this.#selection.value = before;
      });
    } catch (error) {
      if (turn === this.#turn) this.#refusal.value = { choice, error };
    } finally {
      if (turn === this.#turn) this.#choosing.value = false;
    }
  }

  /** Takes over newly published data; the selection stays. @returns false when the shown run no longer exists */
  async refresh(): Promise<boolean> {
    const { model, run: { run }, variable } = this.#selection.peek();
    const { runs } = await fetchRuns(model.id);
    const own = runs.find((candidate) => candidate.run === run);
    const isCurrent = () => {
      const now = this.#selection.peek();
      return now.model.id === model.id && now.run.run === run && now.variable === variable;
    };
    if (!own) {
      if (!isCurrent()) return true;
      this.#selection.value = { ...this.#selection.peek(), runs };
      return false;
    }
    const [{ vars }, { frames }] = await Promise.all([
      fetchVariables(model.id, run),
      fetchFrames(model.id, run, variable),
    ]);
    if (!isCurrent() || frames.length === 0) return true;
    this.#selection.value = { ...this.#selection.peek(), runs, run: own, variables: vars.filter(hasFrames), frames };
    this.#followVersion();
    return true;
  }

  /** Requests the frame again when it was built again: the bytes of the shown version are no longer served. */
  #followVersion(): void {
    const { lead, v } = this.sync.requested.peek();
    const listed = this.frames.peek().find(({ frame }) => frame === leadText(lead));
    if (listed && listed.v !== v) void this.sync.request(this.#frameAt(listed));
  }

  #frameAt(frame: Frame): VersionedFrame {
    const { model, run, variable } = this.#selection.peek();
    return { model: model.id, run: run.run, var: variable, lead: leadOf(frame), v: frame.v };
  }
}
