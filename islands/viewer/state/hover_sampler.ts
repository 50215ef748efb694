import type { SampleAnswer } from "../../../contract/api.ts";
import type { VersionedFrame } from "../../../contract/frame_version.ts";
import { LruCache } from "../requests/lru_cache.ts";

export const HOVER_DELAY_MS = 150;
const CACHE_ENTRIES = 256;
/** A thousandth of a degree is a small part of a pixel of the finest model. */
const DECIMALS = 3;

export type FetchSample = (
  frame: VersionedFrame,
  latDeg: number,
  lonDeg: number,
  zoom: number,
  signal: AbortSignal,
) => Promise<SampleAnswer | null>;

/** State of the value under the pointer. */
export type HoverState =
  | { readonly status: "hidden" }
  | { readonly status: "waiting" }
  | { readonly status: "value"; readonly sample: SampleAnswer }
  | { readonly status: "nothing" };

/**
 * Requests the value under a moving pointer: once the pointer has rested for 150 ms, and never twice for the same cell
 * of a thousandth of a degree. An answer that arrives after the pointer moved on, or after the frame changed, is
 * dropped.
 */
export class HoverSampler {
  readonly #fetch: FetchSample;
  readonly #onChange: (state: HoverState) => void;
  readonly #cache = new LruCache<{ readonly sample: SampleAnswer | null }>(CACHE_ENTRIES);
  #generation = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #abort = new AbortController();

  constructor(fetch: FetchSample, onChange: (state: HoverState) => void) {
    this.#fetch = fetch;
    this.#onChange = onChange;
  }

  /**
   * Moves the pointer to a point of a frame.
   * @param zoom of the tiles that are drawn: the value is that of the pixel they show
   */
  moveTo(frame: VersionedFrame, latDeg: number, lonDeg: number, zoom: number): void {
    const generation = this.#supersede();
    const lat = Number(latDeg.toFixed(DECIMALS));
    const lon = Number(wrapLongitude(lonDeg).toFixed(DECIMALS));
    const key = [frame.model, frame.run, frame.var, frame.lead, frame.v, lat, lon, zoom].join("/");
    const known = this.#cache.get(key);
    if (known) {
      this.#show(known.sample);
      return;
    }
    this.#onChange({ status: "waiting" });
    this.#timer = setTimeout(
      () => void this.#ask(generation, key, () => this.#fetch(frame, lat, lon, zoom, this.#abort.signal)),
      HOVER_DELAY_MS,
    );
  }

  /** Hides the value, because the pointer left the map. */
  leave(): void {
    this.#supersede();
    this.#onChange({ status: "hidden" });
  }

  async #ask(generation: number, key: string, fetch: () => Promise<SampleAnswer | null>): Promise<void> {
    try {
      const sample = await fetch();
      this.#cache.set(key, { sample });
      if (generation === this.#generation) this.#show(sample);
    } catch {
      // A failed request only leaves the tooltip empty; the next move asks again.
      if (generation === this.#generation) this.#onChange({ status: "nothing" });
    }
  }

  #show(sample: SampleAnswer | null): void {
    this.#onChange(sample === null ? { status: "nothing" } : { status: "value", sample });
  }

  #supersede(): number {
    clearTimeout(this.#timer);
    this.#abort.abort();
    this.#abort = new AbortController();
    return ++this.#generation;
  }
}

/** Wraps a longitude into −180 to 180: a map may have been turned around the world. */
function wrapLongitude(lonDeg: number): number {
  return ((lonDeg + 180) % 360 + 360) % 360 - 180;
}
