import { LRUCache } from "lru-cache";
import { BusyError } from "./errors.ts";

/** Limit on remembered clients; a client that is forgotten begins with a full bucket. */
const MAX_CLIENTS = 10_000;
/** Capacity of a bucket, in seconds of the average rate. */
const BURST_S = 5;

interface Bucket {
  tokens: number;
  atMs: number;
}

/** Rate limit per client: a number of points per second on average, and five seconds' worth at once. */
export class TokenBuckets {
  readonly #perSecond: number;
  readonly #buckets = new LRUCache<string, Bucket>({ max: MAX_CLIENTS });

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /**
   * Takes points from a client's bucket.
   * @param cost in points. A cost above the bucket's capacity needs a full bucket, and leaves it in debt.
   * @throws BusyError when the client's bucket has too few points
   */
  take(client: string, cost: number, nowMs = performance.now()): void {
    const most = this.#perSecond * BURST_S;
    const bucket = this.#buckets.get(client) ?? { tokens: most, atMs: nowMs };
    bucket.tokens = Math.min(most, bucket.tokens + Math.max(0, nowMs - bucket.atMs) / 1000 * this.#perSecond);
    bucket.atMs = nowMs;
    this.#buckets.set(client, bucket);
    const wanted = Math.min(cost, most);
    if (bucket.tokens < wanted) {
      const waitS = Math.ceil((wanted - bucket.tokens) / this.#perSecond);
      throw new BusyError(`A client may request ${this.#perSecond} points per second`, waitS, 429);
    }
    bucket.tokens -= cost;
  }
}
