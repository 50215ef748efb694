import { type ReadonlySignal, signal } from "@preact/signals";

/** Speeds in hours a second. 2.5 is a step every 400 ms. */
export const SPEEDS = [1, 1.5, 2.5, 4, 6, 10] as const;
const USUAL_SPEED = 2.5;
/** Time that playback waits for a frame that is due; then the frame is skipped. */
const HOLD_MS = 1000;
/** Time without any loaded frame on the way to the end, after which a bounce turns early. */
const TURN_HOLD_MS = 5000;
const POLL_INTERVAL_MS = 40;

export type PlayMode = "loop" | "bounce";

/** The frames that are played, counted from 0. */
export interface Stage {
  frameCount(): number;
  shownIndex(): number;
  /** Whether a frame can be painted without waiting for the network. */
  isReady(index: number): boolean;
  /** Loads frames that are due soon, the nearest first. */
  preload(indices: readonly number[]): void;
  show(index: number): void;
}

/** Number of frames that are requested before they are due. */
const PRELOADED_FRAMES = 4;

/** Steps through frames in time, and waits for those that are not loaded yet. */
export class Playback {
  readonly #stage: Stage;
  readonly #isPlaying = signal(false);
  readonly #speed = signal<number>(USUAL_SPEED);
  readonly #mode = signal<PlayMode>("loop");
  readonly #skipped = signal<ReadonlySet<number>>(new Set());
  #direction: 1 | -1 = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dueMs = 0;
  /**
   * Frames that playback waited for in vain before a turn. It does not wait for them again until one of them is shown.
   */
  readonly #givenUp = new Set<number>();

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  get isPlaying(): ReadonlySignal<boolean> {
    return this.#isPlaying;
  }

  /** Speed in hours a second. */
  get speed(): ReadonlySignal<number> {
    return this.#speed;
  }

  get mode(): ReadonlySignal<PlayMode> {
    return this.#mode;
  }

  /** Frames that were skipped because they did not arrive in time. */
  get skipped(): ReadonlySignal<ReadonlySet<number>> {
    return this.#skipped;
  }

  setSpeed(perSecond: number): void {
    this.#speed.value = Math.min(Math.max(perSecond, SPEEDS[0]), SPEEDS.at(-1)!);
  }

  setMode(mode: PlayMode): void {
    this.#mode.value = mode;
    this.#direction = 1;
  }

  play(): void {
    if (this.#isPlaying.peek() || this.#stage.frameCount() < 2) return;
    this.#isPlaying.value = true;
    this.#skipped.value = new Set();
    this.#dueMs = performance.now();
    this.#turn();
  }

  /** Forgets the skipped frames, because other frames are played from now on. */
  forget(): void {
    this.#givenUp.clear();
    this.#skipped.value = new Set();
  }

  pause(): void {
    clearTimeout(this.#timer);
    this.#isPlaying.value = false;
  }

  toggle(): void {
    if (this.#isPlaying.peek()) this.pause();
    else this.play();
  }

  #turn(): void {
    const count = this.#stage.frameCount();
    if (count < 2) return this.pause();
    const nowMs = performance.now();
    const shown = this.#stage.shownIndex();
    const order = this.#upcoming(shown, 2 * (count - 1), count);
    const next = order[0]!;
    const lateMs = nowMs - this.#dueMs;
    // When the next frames are late for long, the frames behind them are requested.
    const passed = Math.floor(Math.max(lateMs, 0) / HOLD_MS) * PRELOADED_FRAMES;
    const expected = order.slice(passed, passed + PRELOADED_FRAMES);
    this.#stage.preload(expected.length > 0 ? expected : order.slice(0, PRELOADED_FRAMES));
    if (lateMs < 0) return this.#again(-lateMs);
    if (this.#stage.isReady(next)) return this.#show(next, nowMs);
    if (lateMs < HOLD_MS) return this.#again(POLL_INTERVAL_MS);
    // The late frame is marked, and the first loaded one after it is shown instead. A bounce meets the shown frame
    // again: it does not count.
    const untilTurn = this.#untilTurn(order, shown, count);
    const turnsEarly = lateMs >= TURN_HOLD_MS || untilTurn.every((index) => this.#givenUp.has(index));
    if (turnsEarly) { for (const index of untilTurn) this.#givenUp.add(index); }
    const others = (turnsEarly ? order : untilTurn).filter((index) => index !== shown);
    const at = others.findIndex((index) => this.#stage.isReady(index));
    this.#markSkipped(at === -1 ? [next] : others.slice(0, at));
    if (at === -1) return this.#again(POLL_INTERVAL_MS);
    this.#show(others[at]!, nowMs);
  }

  /** Returns the due frames on the way to the end; at the end, and in a loop, all of them. */
  #untilTurn(order: readonly number[], shown: number, count: number): readonly number[] {
    const steps = this.#direction === 1 ? count - 1 - shown : shown;
    return this.#mode.peek() === "loop" || steps === 0 ? order : order.slice(0, steps);
  }

  #markSkipped(indices: readonly number[]): void {
    const marked = this.#skipped.peek();
    if (indices.some((index) => !marked.has(index))) this.#skipped.value = new Set([...marked, ...indices]);
  }

  #show(index: number, nowMs: number): void {
    const from = this.#stage.shownIndex();
    if (this.#mode.peek() === "bounce" && index !== from) this.#direction = index > from ? 1 : -1;
    this.#stage.show(index);
    this.#givenUp.delete(index);
    if (this.#skipped.peek().has(index)) {
      this.#skipped.value = new Set([...this.#skipped.peek()].filter((skipped) => skipped !== index));
    }
    const stepMs = 1000 / this.#speed.peek();
    // A timer's delay of a few milliseconds is caught up. A late frame delays those after it: they keep their distance.
    this.#dueMs = (nowMs - this.#dueMs < POLL_INTERVAL_MS ? this.#dueMs : nowMs) + stepMs;
    this.#again(Math.max(this.#dueMs - performance.now(), 0));
  }

  #again(ms: number): void {
    this.#timer = setTimeout(() => this.#turn(), ms);
  }

  /** Returns the frames that follow a frame, in the order they are due. */
  #upcoming(index: number, many: number, count: number): number[] {
    const indices: number[] = [];
    const length = this.#mode.peek() === "loop" ? Math.min(many, count - 1) : many;
    let direction = this.#direction;
    for (let at = index; indices.length < length;) {
      at += direction;
      if (at < 0 || at >= count) {
        if (this.#mode.peek() === "loop") at = (at + count) % count;
        else {
          direction = direction === 1 ? -1 : 1;
          at += 2 * direction;
        }
      }
      indices.push(at);
    }
    return indices;
  }
}
