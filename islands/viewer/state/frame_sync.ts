import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { VersionedFrame } from "../../../contract/frame_version.ts";
import { frameName } from "../../../contract/identity.ts";
import type { Sidecar } from "../../../contract/sidecar.ts";

/** How long a request waits for the frame that is loading just now: what is in memory is there by then. */
const PATIENCE_MS = 120;

/** A frame with everything that is shown of it, ready to be painted at once. */
export interface Prepared {
  readonly frame: VersionedFrame;
  readonly sidecar: Sidecar;
  /** Puts it on the map, all of it in one step. */
  paint(): void;
}

export type Prepare = (frame: VersionedFrame, signal: AbortSignal) => Promise<Prepared>;

export interface Failure {
  readonly frame: VersionedFrame;
  readonly error: unknown;
}

/**
 * Keeps all that tells of a frame together: picture, legend, valid time, tooltip and address belong to the frame that is
 * painted, never to the one that was asked for.
 *
 * There is one frame that was asked for last, and one that is painted. `idle`: they are the same. `loading`: the one asked
 * for is being prepared. `failed`: it could not be, and the painted one stays. Whatever is late is dropped, except what
 * was nearly there when the next was asked for: that one is painted in passing, so that a dragged slider shows hours
 * between its ends.
 */
export class FrameSync {
  readonly #requested: Signal<VersionedFrame>;
  readonly #paintedFrame: Signal<VersionedFrame>;
  readonly #sidecar: Signal<Sidecar>;
  readonly #failure = signal<Failure | null>(null);
  /** Whether anything was painted yet: before that the page shows what the server rendered. */
  readonly #isPainted = signal(false);
  #prepare: Prepare | null = null;
  #running: { readonly frame: VersionedFrame; readonly abort: AbortController; readonly done: Promise<void> } | null =
    null;
  #turn = 0;

  /** @param sidecar what the page says of the frame before there is a map */
  constructor(frame: VersionedFrame, sidecar: Sidecar) {
    this.#requested = signal(frame);
    this.#paintedFrame = signal(frame);
    this.#sidecar = signal(sidecar);
  }

  readonly status: ReadonlySignal<"idle" | "loading" | "failed"> = computed(() => {
    if (this.#failure.value) return "failed";
    return this.#isPainted.value && isSameFrame(this.#requested.value, this.#paintedFrame.value) ? "idle" : "loading";
  });

  get requested(): ReadonlySignal<VersionedFrame> {
    return this.#requested;
  }

  /** Of the frame that is painted. */
  get sidecar(): ReadonlySignal<Sidecar> {
    return this.#sidecar;
  }

  get paintedFrame(): ReadonlySignal<VersionedFrame> {
    return this.#paintedFrame;
  }

  get isPainted(): ReadonlySignal<boolean> {
    return this.#isPainted;
  }

  get failure(): ReadonlySignal<Failure | null> {
    return this.#failure;
  }

  /** There is something to paint on now. What was asked for so far is painted. */
  attach(prepare: Prepare): void {
    this.#prepare = prepare;
    void this.request(this.#requested.peek());
  }

  /** Nothing can be painted any more; what is loading is dropped. */
  detach(): void {
    this.#prepare = null;
    this.#turn++;
    this.#drop();
    this.#isPainted.value = false;
  }

  /** Asks for a frame. Resolves when it is painted, has failed, or was overtaken. */
  async request(frame: VersionedFrame): Promise<void> {
    const turn = ++this.#turn;
    batch(() => {
      this.#requested.value = frame;
      this.#failure.value = null;
    });
    const prepare = this.#prepare;
    if (!prepare) return;
    const before = this.#running;
    if (before && !isSameFrame(before.frame, frame)) {
      await Promise.race([before.done, new Promise((wake) => setTimeout(wake, PATIENCE_MS))]);
      if (turn !== this.#turn) return; // overtaken while it waited
      this.#drop();
    } else if (before) {
      return await before.done;
    }
    if (this.#isPainted.peek() && isSameFrame(frame, this.#paintedFrame.peek())) return;
    const abort = new AbortController();
    const done = this.#run(prepare, frame, abort);
    this.#running = { frame, abort, done };
    await done;
  }

  async #run(prepare: Prepare, frame: VersionedFrame, { signal: abort }: AbortController): Promise<void> {
    try {
      const prepared = await prepare(frame, abort);
      if (abort.aborted) return;
      prepared.paint();
      batch(() => {
        this.#sidecar.value = prepared.sidecar;
        this.#paintedFrame.value = prepared.frame;
        this.#isPainted.value = true;
      });
    } catch (error) {
      if (abort.aborted || !isSameFrame(frame, this.#requested.peek())) return;
      batch(() => {
        this.#failure.value = { frame, error };
        // The choice goes back to what is on the map.
        if (this.#isPainted.peek()) this.#requested.value = this.#paintedFrame.peek();
      });
    } finally {
      if (this.#running?.abort.signal === abort) this.#running = null;
    }
  }

  /** Ends what is loading. It may be long on its way yet; whoever asks for the same frame again does not wait for it. */
  #drop(): void {
    this.#running?.abort.abort();
    this.#running = null;
  }
}

export function isSameFrame(a: VersionedFrame, b: VersionedFrame): boolean {
  return a.model === b.model && a.run === b.run && a.var === b.var && a.fh === b.fh && a.v === b.v;
}

/** The frame and its bytes. */
export function frameKey(frame: VersionedFrame): string {
  return `${frameName(frame)}@${frame.v ?? ""}`;
}
