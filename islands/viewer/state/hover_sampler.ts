import type { SampleAnswer } from "../../../contract/api.ts";
import type { VersionedFrame } from "../../../contract/frame_version.ts";
import { LruCache } from "../requests/lru_cache.ts";

export const HOVER_DELAY_MS = 150;
const CACHE_ENTRIES = 256;
const DECIMALS = 2;

export type FetchSample = (
  frame: VersionedFrame,
  latDeg: number,
  lonDeg: number,
  signal: AbortSignal,
) => Promise<SampleAnswer | null>;

/** What is known about the point under the pointer. */
export type HoverState =
  | { readonly status: "hidden" }
  | { readonly status: "waiting" }
  | { readonly status: "value"; readonly sample: SampleAnswer }
  | { readonly status: "nothing" };

/**
 * Asks for the value under a moving pointer: once it rests for 150 ms, and never twice for the same cell of a hundredth
 * of a degree. An answer that comes after the pointer moved on, or after the frame changed, is dropped.
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

  /** The pointer is at a point of a frame. */
  moveTo(frame: VersionedFrame, latDeg: number, lonDeg: number): void {
    const generation = this.#supersede();
    const lat = Number(latDeg.toFixed(DECIMALS));
    const lon = Number(wrapLongitude(lonDeg).toFixed(DECIMALS));
    const key = [frame.model, frame.run, frame.var, frame.fh, frame.v, lat, lon].join("/");
    const known = this.#cache.get(key);
    if (known) {
      this.#show(known.sample);
      return;
    }
    this.#onChange({ status: "waiting" });
    this.#timer = setTimeout(() => void this.#ask(generation, key, frame, lat, lon), HOVER_DELAY_MS);
  }

  /** The pointer left the map. */
  leave(): void {
    this.#supersede();
    this.#onChange({ status: "hidden" });
  }

  async #ask(generation: number, key: string, frame: VersionedFrame, lat: number, lon: number): Promise<void> {
    try {
      const sample = await this.#fetch(frame, lat, lon, this.#abort.signal);
      this.#cache.set(key, { sample });
      if (generation === this.#generation) this.#show(sample);
    } catch {
      // A value that cannot be read is not worth more than an empty tooltip; the next move asks again.
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

/** A map that was turned round the world still asks for longitudes from −180 to 180. */
function wrapLongitude(lonDeg: number): number {
  return ((lonDeg + 180) % 360 + 360) % 360 - 180;
}
