import { type Signal, signal } from "@preact/signals";
import type { Comparison } from "./comparison.ts";
import type { Pane } from "./pane.ts";

/** A map's access to its frames, by their valid time in ms; playback calls it. */
export interface FramePreloader {
  isReady(timeMs: number): boolean;
  preload(timesMs: readonly number[]): void;
}

/** The frames of all maps that play together: those of the first pane, and of the second when its time is linked. */
export class FramePreloaders {
  /** Indices of the first pane's frames that can be painted without the network. */
  readonly buffered: Signal<ReadonlySet<number>> = signal(new Set());
  readonly #first: Pane;
  readonly #comparison: Comparison;
  readonly #preloaders = new Map<Pane, FramePreloader>();

  constructor(first: Pane, comparison: Comparison) {
    this.#first = first;
    this.#comparison = comparison;
  }

  /** Registers the frames of a pane's map; null when the map is gone. */
  register(pane: Pane, preloader: FramePreloader | null): void {
    if (preloader) this.#preloaders.set(pane, preloader);
    else this.#preloaders.delete(pane);
  }

  /** Whether a time can be shown: all panes that play have painted the last frame, and can paint this one at once. */
  isReady(timeMs: number): boolean {
    return this.#played().every((pane) =>
      pane.sync.status.peek() !== "loading" && (this.#preloaders.get(pane)?.isReady(timeMs) ?? false)
    );
  }

  /** Loads the frames at these times, the nearest first, on the maps of all panes that play. */
  preload(timesMs: readonly number[]): void {
    const played = this.#played();
    for (const [pane, preloader] of this.#preloaders) if (played.includes(pane)) preloader.preload(timesMs);
  }

  #played(): readonly Pane[] {
    const { second, isTimeLinked } = this.#comparison;
    const other = second.peek();
    return other && isTimeLinked.peek() ? [this.#first, other] : [this.#first];
  }
}
