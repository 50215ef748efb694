import { setImmediate } from "node:timers";
import { BusyError } from "../errors.ts";

/** Drawing goes on for this long before requests are taken in again. */
const SLICE_MS = 5;
/** What a client that was sent away may wait: by then a full queue has been drawn. */
const RETRY_AFTER_S = 1;

/**
 * Tiles that wait to be drawn, in the order they came. Drawing is synchronous: without a queue, a server with more to draw
 * than it can would take in requests until memory ends, and answer all of them too late.
 */
export class DrawQueue {
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  #isScheduled = false;
  #sliceEndMs = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** Does the work now, or when it is its turn. @throws BusyError when as many wait as may */
  run<T>(draw: () => T): T | Promise<T> {
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      this.#sliceEndMs = performance.now() + SLICE_MS;
      setImmediate(() => this.#turn());
    }
    if (this.#waiting.length === 0 && performance.now() < this.#sliceEndMs) return draw();
    if (this.#waiting.length >= this.#max) {
      throw new BusyError(`${this.#max} tiles are waiting to be drawn`, RETRY_AFTER_S);
    }
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push(() => {
        try {
          resolve(draw());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  #turn(): void {
    this.#sliceEndMs = performance.now() + SLICE_MS;
    let done = 0;
    while (done < this.#waiting.length && performance.now() < this.#sliceEndMs) this.#waiting[done++]!();
    this.#waiting.splice(0, done);
    if (this.#waiting.length > 0) setImmediate(() => this.#turn());
    else this.#isScheduled = false;
  }
}
