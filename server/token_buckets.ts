import { LRUCache } from "lru-cache";
import { BusyError } from "./errors.ts";

/** Clients that are remembered; one that is forgotten begins with a full bucket. */
const MAX_CLIENTS = 10_000;
/** What a client may ask for at once: this many seconds' worth. */
const BURST_S = 5;

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Lets each client ask so often a second on average, and for five seconds' worth at once. */
export class TokenBuckets {
  readonly #perSecond: number;
  readonly #buckets = new LRUCache<string, Bucket>({ max: MAX_CLIENTS });

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** @throws BusyError when the client's bucket is empty */
  take(client: string, nowMs = performance.now()): void {
    const most = this.#perSecond * BURST_S;
    const bucket = this.#buckets.get(client) ?? { tokens: most, atMs: nowMs };
    bucket.tokens = Math.min(most, bucket.tokens + Math.max(0, nowMs - bucket.atMs) / 1000 * this.#perSecond);
    bucket.atMs = nowMs;
    this.#buckets.set(client, bucket);
    if (bucket.tokens < 1) {
      const waitS = Math.ceil((1 - bucket.tokens) / this.#perSecond);
      throw new BusyError(`A client may ask ${this.#perSecond} times a second`, waitS, 429);
    }
    bucket.tokens--;
  }
}
