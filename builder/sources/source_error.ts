/**
 * Reason why a source did not give an object or a message:
 * - `missing`: not there, or not yet (404, an index without the message, an object shorter than its index says);
 * - `refused`: an answer that contains nothing of the object: 400, 401, 403, 409, 410, 301, 204, 200 to a byte range …;
 * - `throttled`: 302 or 429, which these hosts send when there are too many requests;
 * - `unavailable`: 5xx, no connection, no progress, an interrupted body;
 * - `unreadable`: an index that cannot be read although it is no longer being written;
 * - `bad-answer`: wrong content: damaged bytes of a message, or an index of another cycle.
 */
export type SourceFailure = "missing" | "refused" | "throttled" | "unavailable" | "unreadable" | "bad-answer";

/** Version of an object, as one answer gave it: another version has other bytes. */
export interface ObjectVersion {
  readonly etag: string | null;
  /** Time of the last change (ISO 8601); null when the source does not say. */
  readonly modified: string | null;
  /** Length of the whole object; null when the source does not say. */
  readonly bytes: number | null;
}

interface SourceErrorOptions extends ErrorOptions {
  /** Time that the server asked to wait, in seconds. */
  readonly retryAfterS?: number;
  /** Version of the object whose bytes are wrong. */
  readonly version?: ObjectVersion;
  /** Whether an index that is no longer being written has unreadable lines, which an operator should check. */
  readonly isStrange?: boolean;
}

/** Failure of one source. The next source may succeed. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  /** Time that the server asked to wait, in seconds, or null. */
  readonly retryAfterS: number | null;
  /** Version of the object whose bytes are wrong, or null. */
  readonly version: ObjectVersion | null;
  readonly isStrange: boolean;

  constructor(readonly failure: SourceFailure, message: string, options?: SourceErrorOptions) {
    super(message, options);
    this.retryAfterS = options?.retryAfterS ?? null;
    this.version = options?.version ?? null;
    this.isStrange = options?.isStrange ?? false;
  }

  get isWorthRetrying(): boolean {
    return this.failure === "throttled" || this.failure === "unavailable";
  }

  /** Whether the source itself is at fault: a proper answer that something is missing is no fault. */
  get isSourceTrouble(): boolean {
    return this.failure !== "missing" && this.failure !== "bad-answer";
  }
}

/** The error that one source answered with. */
export interface SourceAnswer {
  readonly source: string;
  readonly error: SourceError;
}

/**
 * Failure of all sources; the message has the reason of each. The best answer decides: a source that properly answers
 * "not there" is believed, and a source that does not answer gives no information.
 */
export class AllSourcesFailedError extends Error {
  override readonly name = "AllSourcesFailedError";

  constructor(readonly failures: readonly SourceAnswer[], what: string) {
    super(
      `Cannot fetch ${what} from any source:\n` +
        failures.map(({ source, error }) => `  ${source} (${error.failure}): ${error.message}`).join("\n"),
    );
  }

  /** True when a source that answers reports that the data is not there, or not yet. */
  get isNotReady(): boolean {
    return this.#some("missing");
  }

  /** True when fetched bytes are wrong, and no source reports that the right ones may still appear. */
  get isDamaged(): boolean {
    return !this.isNotReady && this.#some("bad-answer");
  }

  /** True when nothing is known of the data, because no source answered properly. */
  get isOutage(): boolean {
    return !this.isNotReady && !this.isDamaged;
  }

  /** The reason of the first source whose index an operator should check, or null. */
  get strangeness(): string | null {
    return this.failures.find(({ error }) => error.isStrange)?.error.message ?? null;
  }

  #some(failure: SourceFailure): boolean {
    return this.failures.some(({ error }) => error.failure === failure);
  }
}
