import { TokenBuckets } from "../server/token_buckets.ts";
import type { Connection } from "./client.ts";
import type { Proxies } from "./proxies.ts";

/** What each client may ask for, counted by what it costs. */
export class ClientLimits {
  readonly #buckets: TokenBuckets | null;
  readonly #proxies: Proxies;

  /** @param pointsPerSecond on average; 0 for no limit */
  constructor(pointsPerSecond: number, proxies: Proxies) {
    this.#proxies = proxies;
    this.#buckets = pointsPerSecond === 0 ? null : new TokenBuckets(pointsPerSecond);
  }

  /** @param cost in points @throws BusyError (429) when it is too much by now */
  take(request: Request, connection: Connection | undefined, cost: number): void {
    this.#buckets?.take(this.#proxies.clientOf(request, connection), cost);
  }
}
