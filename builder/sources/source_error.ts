/**
 * Why a source did not give what it was asked for:
 * - `missing`: not there, or not yet there (404, an index that is short of the message or of the object);
 * - `refused`: 403;
 * - `throttled`: 302 or 429, the ways these hosts say "slow down";
 * - `unavailable`: 5xx, no connection, time-out, a body that broke off;
 * - `bad-answer`: an answer that can never be right, such as 200 to a byte range, or bytes that are not GRIB2.
 */
export type SourceFailure = "missing" | "refused" | "throttled" | "unavailable" | "bad-answer";

/** A mirror failed. The next one may not. */
export class SourceError extends Error {
  override readonly name = "SourceError";

  constructor(readonly failure: SourceFailure, message: string, options?: ErrorOptions & { retryAfterS?: number }) {
    super(message, options);
    this.retryAfterS = options?.retryAfterS ?? null;
  }

  /** Seconds the server asked to wait, or null. */
  readonly retryAfterS: number | null;

  get isWorthRetrying(): boolean {
    return this.failure === "throttled" || this.failure === "unavailable";
  }
}

/** No mirror had it. The message has one reason for each. */
export class AllSourcesFailedError extends Error {
  override readonly name = "AllSourcesFailedError";

  constructor(readonly failures: readonly { source: string; error: SourceError }[], what: string) {
    super(
      `Cannot fetch ${what} from any source:\n` +
        failures.map(({ source, error }) => `  ${source} (${error.failure}): ${error.message}`).join("\n"),
    );
  }

  /** True when the data may simply not be published yet. */
  get isNotReady(): boolean {
    return this.failures.length > 0 && this.failures.every(({ error }) => error.failure === "missing");
  }

  /** True when sources did not answer, and none gave anything that is wrong: nothing is known against the data. */
  get isOutage(): boolean {
    return !this.isNotReady && this.failures.every(({ error }) => error.failure !== "bad-answer");
  }
}
