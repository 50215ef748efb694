import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { VersionedFrame } from "../../../contract/frame_version.ts";
import { frameName } from "../../../contract/identity.ts";
import type { Sidecar } from "../../../contract/sidecar.ts";

/** Time that a request waits for the frame that is loading: a frame in memory is ready by then. */
const PATIENCE_MS = 120;

/** A frame with everything that is shown of it, ready to be painted at once. */
export interface Prepared {
  readonly frame: VersionedFrame;
  readonly sidecar: Sidecar;
  /** Puts the frame on the map in a single step. */
  paint(): void;
}

export type Prepare = (frame: VersionedFrame, signal: AbortSignal) => Promise<Prepared>;

export interface Failure {
  readonly frame: VersionedFrame;
  readonly error: unknown;
}

/**
 * Keeps everything that describes a frame together: image, legend, valid time, tooltip and address belong to the
 * painted frame, never to the requested one.
 *
 * The requested frame is the one that was asked for last; the painted frame is the one on the map. `idle`: both are the
 * same. `loading`: the requested frame is being prepared. `failed`: the preparation failed, and the painted frame
 * stays. A late frame is dropped, unless it was nearly ready when the next one was requested: then it is painted in
 * passing, so that a dragged slider shows hours between its ends.
 */
export class FrameSync {
  readonly #requested: Signal<VersionedFrame>;
  readonly #paintedFrame: Signal<VersionedFrame>;
  readonly #sidecar: Signal<Sidecar>;
  readonly #failure = signal<Failure | null>(null);
  /** Whether a frame was painted yet: before that the page shows the server's rendering. */
  readonly #isPainted = signal(false);
  #prepare: Prepare | null = null;
  #running: { readonly frame: VersionedFrame; readonly abort: AbortController; readonly done: Promise<void> } | null =
    null;
  #turn = 0;

  /** Begins with the frame that the server rendered. @param sidecar the frame's sidecar, as the page contains it */
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

  /** Sidecar of the painted frame. */
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

  /** Starts painting, now that there is a map. The requested frame is painted first. */
  attach(prepare: Prepare): void {
    this.#prepare = prepare;
    void this.request(this.#requested.peek());
  }

  /** Stops painting, because there is no map any more; the frame that is loading is dropped. */
  detach(): void {
    this.#prepare = null;
    this.#turn++;
    this.#drop();
    this.#isPainted.value = false;
  }

  /** Requests a frame. Resolves when the frame is painted, has failed, or was superseded. */
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
      if (turn !== this.#turn) return; // superseded while it waited
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
        // The request returns to the frame that is on the map.
        if (this.#isPainted.peek()) this.#requested.value = this.#paintedFrame.peek();
      });
    } finally {
      if (this.#running?.abort.signal === abort) this.#running = null;
    }
  }

  /**
   * Aborts the frame that is loading. Its preparation may still go on for long; another request for the frame does not
   * wait for it.
   */
  #drop(): void {
    this.#running?.abort.abort();
    this.#running = null;
  }
}

export function isSameFrame(a: VersionedFrame, b: VersionedFrame): boolean {
  return a.model === b.model && a.run === b.run && a.var === b.var && a.lead === b.lead && a.v === b.v;
}

/** Returns a key of the frame and its version. */
export function frameKey(frame: VersionedFrame): string {
  return `${frameName(frame)}@${frame.v ?? ""}`;
}
