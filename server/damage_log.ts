import { LRUCache } from "lru-cache";
import type { DamagedError } from "./errors.ts";
import type { Log } from "./log.ts";

const MAX_REMEMBERED = 1000;

/** Tells each damage once, however often it is asked for. */
export class DamageLog {
  readonly #log: Log;
  readonly #reported = new LRUCache<string, true>({ max: MAX_REMEMBERED });
  /** Things that were found damaged. */
  count = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** What has no cause of its own, a run whose manifest is damaged, was told where that was read. */
  report(error: DamagedError): void {
    const { cause } = error;
    if (cause === undefined) return;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const key = `${error.message}: ${reason}`;
    if (this.#reported.has(key)) return;
    this.#reported.set(key, true);
    this.count++;
    this.#log.error("damaged", { what: error.message, reason });
  }
}
