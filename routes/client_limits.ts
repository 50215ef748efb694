import { TokenBuckets } from "../server/token_buckets.ts";
import type { Connection } from "./client.ts";
import type { Proxies } from "./proxies.ts";

/** Rate limit of each client; the cost of a request is counted in points. */
export class ClientLimits {
  readonly #buckets: TokenBuckets | null;
  readonly #proxies: Proxies;

  /**
   * Creates the limits.
   * @param pointsPerSecond on average; 0 for no limit
   */
  constructor(pointsPerSecond: number, proxies: Proxies) {
    this.#proxies = proxies;
    this.#buckets = pointsPerSecond === 0 ? null : new TokenBuckets(pointsPerSecond);
  }

  /**
   * Takes the cost of a request from the client's budget.
   * @param cost in points
   * @throws BusyError (429) when the client's budget is used up
   */
  take(request: Request, connection: Connection | undefined, cost: number): void {
    this.#buckets?.take(this.#proxies.clientOf(request, connection), cost);
  }
}
