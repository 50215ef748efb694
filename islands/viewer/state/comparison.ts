import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { messageOf } from "../requests/describe_error.ts";
import type { Notices } from "./notices.ts";
import { Pane } from "./pane.ts";
import type { Permalink } from "./permalink.ts";
import type { Choice, Model } from "./selection.ts";
import type { FrameText } from "../../../contract/lead.ts";

export type CompareMode = "side" | "swipe";

/** The comparison of the first pane with a second one. */
export class Comparison {
  /** The pane that the first is compared with, or null. */
  readonly second: Signal<Pane | null> = signal(null);
  readonly mode: Signal<CompareMode>;
  /** Whether the second pane shows the first one's valid time. */
  readonly isTimeLinked: Signal<boolean> = signal(true);
  /** Counts second panes: each has its own map. */
  readonly pairs: Signal<number> = signal(0);
  /** The line between swiped panes, as a share of the width (0–1). */
  readonly swipe: Signal<number>;
  readonly #models: ReadonlySignal<readonly Model[]>;
  readonly #first: Pane;
  readonly #notices: Notices;

  /** Creates the comparison, without a second pane yet. @param link the address, which may name mode and line */
  constructor(models: ReadonlySignal<readonly Model[]>, first: Pane, notices: Notices, link: Permalink) {
    this.mode = signal(link.compare ?? "side");
    this.swipe = signal((link.swipe ?? 50) / 100);
    this.#models = models;
    this.#first = first;
    this.#notices = notices;
  }

  /** Shows a second pane that begins like the first, except for the parts that a choice names. */
  async show(mode: CompareMode, choice: Choice & { readonly frame?: FrameText } = {}): Promise<void> {
    this.mode.value = mode;
    if (this.second.peek()) return;
    try {
      const props = await Pane.load(this.#models.peek(), choice, this.#first);
      batch(() => {
        this.isTimeLinked.value = choice.frame === undefined;
        this.pairs.value++;
        this.second.value = new Pane(this.#models, props);
      });
    } catch (error) {
      this.#notices.notify({ kind: "failed", text: `The second map could not be opened: ${messageOf(error)}` });
    }
  }

  end(): void {
    this.second.value = null;
  }
}
