import { LRUCache } from "lru-cache";
import type { DamagedError } from "./errors.ts";
import type { Log } from "./log.ts";

const MAX_REMEMBERED = 1000;

/** Logs each damage once, however often clients request the damaged file. */
export class DamageLog {
  readonly #log: Log;
  readonly #reported = new LRUCache<string, true>({ max: MAX_REMEMBERED });
  /** Number of damaged files found. */
  count = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Logs a damage. A damaged manifest, an error without a cause, was already logged by the reader of the manifest. */
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
