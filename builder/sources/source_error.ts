/**
 * Why a source did not give what it was asked for:
 * - `missing`: not there, or not yet there (404, an index that is short of the message or of the object);
 * - `refused`: an answer that says nothing of the object: 400, 401, 403, 409, 410, 301, 204, 200 to a byte range …;
 * - `throttled`: 302 or 429, the ways these hosts say "slow down";
 * - `unavailable`: 5xx, no connection, no progress, a body that broke off;
 * - `unreadable`: an index that cannot be read although nobody writes it any more;
 * - `bad-answer`: bytes of a message that were fetched and are wrong.
 */
export type SourceFailure = "missing" | "refused" | "throttled" | "unavailable" | "unreadable" | "bad-answer";

/** An object as one answer had it: another version has other bytes. */
export interface ObjectVersion {
  readonly etag: string | null;
  /** When it was last changed (ISO 8601); null when the source does not say. */
  readonly modified: string | null;
  /** The whole object's length; null when the source does not say. */
  readonly bytes: number | null;
}

interface SourceErrorOptions extends ErrorOptions {
  /** Seconds the server asked to wait. */
  readonly retryAfterS?: number;
  /** Of the object whose bytes are wrong. */
  readonly version?: ObjectVersion;
  /** An index that nobody writes any more has lines that cannot be read: somebody should look. */
  readonly isStrange?: boolean;
}

/** A mirror failed. The next one may not. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  /** Seconds the server asked to wait, or null. */
  readonly retryAfterS: number | null;
  /** Of the object whose bytes are wrong, or null. */
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

  /** Whether the source itself is at fault: it answered properly when it said that something is not there. */
  get isSourceTrouble(): boolean {
    return this.failure !== "missing" && this.failure !== "bad-answer";
  }
}

/** What one source said. */
export interface SourceAnswer {
  readonly source: string;
  readonly error: SourceError;
}

/**
 * No mirror had it. The message has one reason for each. The best of them decides what is known: one that answers properly
 * and says "not there" is believed, and one that does not answer has said nothing.
 */
export class AllSourcesFailedError extends Error {
  override readonly name = "AllSourcesFailedError";

  constructor(readonly failures: readonly SourceAnswer[], what: string) {
    super(
      `Cannot fetch ${what} from any source:\n` +
        failures.map(({ source, error }) => `  ${source} (${error.failure}): ${error.message}`).join("\n"),
    );
  }

  /** True when a source that answers says that the data is not there, or not yet. */
  get isNotReady(): boolean {
    return this.#some("missing");
  }

  /** True when bytes were fetched that are wrong, and no source says that the right ones may still come. */
  get isDamaged(): boolean {
    return !this.isNotReady && this.#some("bad-answer");
  }

  /** True when nothing is known of the data: no source answered properly. */
  get isOutage(): boolean {
    return !this.isNotReady && !this.isDamaged;
  }

  /** The reason of the first source whose index somebody should look at, or null. */
  get strangeness(): string | null {
    return this.failures.find(({ error }) => error.isStrange)?.error.message ?? null;
  }

  #some(failure: SourceFailure): boolean {
    return this.failures.some(({ error }) => error.failure === failure);
  }
}
