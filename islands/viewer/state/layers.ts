import { type Signal, signal } from "@preact/signals";
import type { Permalink } from "./permalink.ts";

/** The reader's choices of the layers that all maps draw. */
export class Layers {
  readonly areContoursShown: Signal<boolean>;
  /** Whether values stand below the names of places. */
  readonly areValuesShown: Signal<boolean>;
  /** Opacity of the weather in per cent. */
  readonly opacity: Signal<number>;

  /** Begins with the layers of an address; what it leaves out is shown. */
  constructor(link: Permalink) {
    this.areContoursShown = signal(link.lines ?? true);
    this.areValuesShown = signal(link.values ?? true);
    this.opacity = signal(link.opacity ?? 100);
  }
}
