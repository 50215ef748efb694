import { type ReadonlySignal, signal } from "@preact/signals";

/** A line that tells the reader something. A notice replaces the last one of its kind. */
export interface Notice {
  readonly kind: "stale" | "removed" | "missing" | "newer" | "failed" | "partial" | "graphics";
  readonly text: string;
  /** Details for interested readers. */
  readonly detail?: string;
  readonly action?: { readonly label: string; run(): void };
}

/** The notices on the page, one of a kind. */
export class Notices {
  readonly #list = signal<readonly Notice[]>([]);

  /** The notices in the order of their arrival. */
  get list(): ReadonlySignal<readonly Notice[]> {
    return this.#list;
  }

  /** Shows a notice below all others. */
  notify(notice: Notice): void {
    this.#list.value = [...this.#list.peek().filter(({ kind }) => kind !== notice.kind), notice];
  }

  /** Removes the notice of a kind, if there is one. */
  dismiss(kind: Notice["kind"]): void {
    if (this.#list.peek().some((notice) => notice.kind === kind)) {
      this.#list.value = this.#list.peek().filter((notice) => notice.kind !== kind);
    }
  }
}
