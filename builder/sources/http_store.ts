import pRetry from "p-retry";
import { LRUCache } from "lru-cache";
import { printable } from "../../contract/printable.ts";
import { downloadBytes, downloadErrors } from "../operations/metrics.ts";
import { delay, HostGate } from "./host_gate.ts";
import type { Bytes } from "../grib/messages.ts";
import type { ByteRange, ObjectStore, RangeObject, ReadOptions, TextObject } from "./object_store.ts";
import { PROGRESS_BYTES, rangeText, requireBounded } from "./object_store.ts";
import { type ObjectVersion, SourceError } from "./source_error.ts";
import { noteUpstreamTime } from "./upstream_clock.ts";

export interface RetryPolicy {
  /** Tries after the first one. */
  readonly retries: number;
  /** Wait before the first retry; each further retry doubles it, with jitter. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** Time without progress after which a try is given up. */
  readonly timeoutMs: number;
}

/** Retries for a few seconds only: the next source is the better retry, and is asked meanwhile. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  retries: 2,
  firstDelayMs: 500,
  maxDelayMs: 5_000,
  timeoutMs: 15_000,
};

/** Small objects that were read before, by URL, each with its ETag. */
const knownTexts = new LRUCache<string, TextObject & { readonly etag: string }>({
  maxSize: 32 * 1024 * 1024,
  sizeCalculation: ({ text }) => Math.max(1, text.length),
});

/**
 * Returns the time in a header, or null. A time later than the answer's own Date is replaced by the Date: clocks
 * differ.
 */
function timeOf(response: Response, header: string): Date | null {
  const time = Date.parse(response.headers.get(header) ?? "");
  if (Number.isNaN(time)) return null;
  const date = Date.parse(response.headers.get("date") ?? "");
  return new Date(Number.isNaN(date) ? time : Math.min(time, date));
}

function versionOf(response: Response, bytes: number | null): ObjectVersion {
  return {
    etag: response.headers.get("etag"),
    modified: timeOf(response, "last-modified")?.toISOString() ?? null,
    bytes,
  };
}

/** Age of an object in ms by the clock of its host, or by this machine's clock when the answer has no Date. */
function ageOf(response: Response): number | null {
  const modified = timeOf(response, "last-modified");
  if (modified === null) return null;
  return (timeOf(response, "date") ?? new Date()).getTime() - modified.getTime();
}

/** A bucket over HTTP. */
export class HttpStore implements ObjectStore {
  /** @param gate limits of the host, shared by all stores of that host */
  constructor(
    readonly baseUrl: string,
    readonly policy: RetryPolicy = DEFAULT_RETRY_POLICY,
    readonly gate: HostGate = new HostGate({}),
    /** Name of the source in metrics. */
    readonly sourceId: string = "unnamed",
  ) {}

  /**
   * Reads a small object. An object that was read before is requested only if it changed: an index is polled until it
   * is complete.
   */
  async readText(path: string, options: ReadOptions): Promise<TextObject> {
    const url = this.baseUrl + path;
    const known = knownTexts.get(url);
    return await this.#retrying(url, options, async (patience) => {
      const response = await request(url, known ? { "if-none-match": known.etag } : {}, patience);
      if (known && response.status === 304) {
        await response.body?.cancel();
        return { ...known, ageMs: ageOf(response) ?? known.ageMs };
      }
      if (response.status !== 200) throw await failureOf(response, url);
      await requireIdentity(response, url);
      const bytes = await readBody(response, options.maxBytes, url, patience);
      downloadBytes.inc({ source: this.sourceId }, bytes.length);
      const version = versionOf(response, bytes.length);
      const object = { text: new TextDecoder().decode(bytes), version, ageMs: ageOf(response) };
      if (version.etag !== null) knownTexts.set(url, { ...object, etag: version.etag });
      return object;
    });
  }

  async readRange(path: string, range: ByteRange, options: ReadOptions): Promise<RangeObject> {
    const url = this.baseUrl + path;
    if (range.end !== null) requireBounded(range.end - range.start, options.maxBytes, url);
    const partial = new PartialBody();
    return await this.#retrying(url, options, async (patience) => {
      const object = await readRest(url, range, partial, options.maxBytes, patience);
      downloadBytes.inc({ source: this.sourceId }, object.bytes.length);
      return object;
    });
  }

  async version(path: string, options: Pick<ReadOptions, "signal">): Promise<ObjectVersion> {
    const url = this.baseUrl + path;
    return await this.#retrying(url, options, async (patience) => {
      const response = await request(url, {}, patience, "HEAD");
      if (response.status !== 200) throw await failureOf(response, url);
      await response.body?.cancel();
      const length = response.headers.get("content-length");
      return versionOf(response, length !== null && /^[0-9]{1,15}$/.test(length) ? Number(length) : null);
    });
  }

  #retrying<T>(
    url: string,
    { signal, onProgress }: Pick<ReadOptions, "signal" | "onProgress">,
    attempt: (patience: Patience) => Promise<T>,
  ): Promise<T> {
    const { retries, firstDelayMs, maxDelayMs, timeoutMs } = this.policy;
    return pRetry(async () => {
      try {
        return await this.gate.run(async () => {
          using patience = new Patience(timeoutMs, signal, onProgress);
          return await attempt(patience);
        }, signal);
      } catch (error) {
        signal.throwIfAborted();
        const failed = asSourceError(error, url, timeoutMs);
        downloadErrors.inc({ source: this.sourceId, failure: failed.failure });
        throw failed;
      }
    }, {
      retries,
      minTimeout: firstDelayMs,
      maxTimeout: maxDelayMs,
      randomize: true,
      signal,
      shouldRetry: ({ error }) => error instanceof SourceError && error.isWorthRetrying,
      onFailedAttempt: async ({ error, retriesLeft }) => {
        const seconds = error instanceof SourceError ? error.retryAfterS : null;
        if (seconds !== null && retriesLeft > 0) await delay(Math.min(seconds * 1000, maxDelayMs), signal);
      },
    });
  }
}

/** Waits for an answer as long as it makes progress. */
class Patience implements Disposable {
  readonly #timeoutMs: number;
  readonly #onProgress: (() => void) | undefined;
  readonly #stalled = new AbortController();
  #timer: ReturnType<typeof setTimeout>;
  #bytes = 0;
  /** Aborts when nothing has arrived for too long, or when the caller stops. */
  readonly signal: AbortSignal;

  constructor(timeoutMs: number, signal: AbortSignal, onProgress: (() => void) | undefined) {
    this.#timeoutMs = timeoutMs;
    this.#onProgress = onProgress;
    this.signal = AbortSignal.any([signal, this.#stalled.signal]);
    this.#timer = this.#wait();
  }

  /** Notes that the head of an answer has arrived, or bytes of its body: every `PROGRESS_BYTES` count as progress. */
  progress(bytes: number | "head"): void {
    if (bytes !== "head") this.#bytes += bytes;
    if (bytes !== "head" && this.#bytes < PROGRESS_BYTES) return;
    this.#bytes = 0;
    clearTimeout(this.#timer);
    this.#timer = this.#wait();
    this.#onProgress?.();
  }

  #wait(): ReturnType<typeof setTimeout> {
    return setTimeout(
      () => this.#stalled.abort(new DOMException("No progress", "TimeoutError")),
      this.#timeoutMs,
    );
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/** The bytes of a range that earlier tries read, from its start. They are valid only for one version of the object. */
class PartialBody {
  #chunks: Uint8Array[] = [];
  #etag: string | null = null;
  #version: ObjectVersion = { etag: null, modified: null, bytes: null };
  length = 0;

  /** Returns the headers that ask for the missing bytes of the version that was read before. */
  headers(range: ByteRange): Record<string, string> {
    if (this.#etag === null) this.#clear();
    const rest = { start: range.start + this.length, end: range.end };
    return {
      range: rangeText(rest).replace(" ", "="),
      ...(this.length > 0 && this.#etag !== null ? { "if-match": this.#etag } : {}),
    };
  }

  /** Whether an answer continues the same version: a server that ignores If-Match may send the rest of another one. */
  isContinuedBy(response: Response): boolean {
    return this.#etag !== null && response.headers.get("etag") === this.#etag;
  }

  /** Notes the version of an answer. Only a strong ETag is kept: without one, parts of two tries cannot be joined. */
  continueWith(response: Response, wholeBytes: number | null): void {
    this.#version = versionOf(response, wholeBytes);
    const etag = response.headers.get("etag");
    this.#etag = etag !== null && !etag.startsWith("W/") ? etag : null;
  }

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  /** Drops the bytes that were read: they cannot be joined with those of another or of an unknown version. */
  #clear(): void {
    this.#chunks = [];
    this.length = 0;
  }

  forget(): void {
    this.#etag = null;
    this.#clear();
  }

  object(): RangeObject {
    return { bytes: joined(this.#chunks, this.length), version: this.#version };
  }
}

/** Makes one try to read the missing bytes of a range. */
async function readRest(
  url: string,
  range: ByteRange,
  partial: PartialBody,
  maxBytes: number,
  patience: Patience,
): Promise<RangeObject> {
  // The last try read all bytes and lost its connection only afterwards.
  if (partial.length > 0 && range.end !== null && partial.length === range.end - range.start) return partial.object();
  const response = await request(url, partial.headers(range), patience);
  const start = range.start + partial.length;
  if (response.status === 200) {
    await response.body?.cancel();
    throw new SourceError("refused", `${url} ignored the byte range and answered 200 with the whole object`);
  }
  if (response.status === 412) {
    await response.body?.cancel();
    partial.forget();
    throw new SourceError("unavailable", `${url} changed while it was read`);
  }
  if (response.status !== 206) throw await failureOf(response, url);
  await requireIdentity(response, url);
  const promised = contentRange(response);
  if (promised?.start !== start || (range.end !== null && promised.end > range.end)) {
    await response.body?.cancel();
    const got = response.headers.get("content-range");
    throw new SourceError(
      "refused",
      `${url} answered range "${printable(got ?? "", 60)}" when asked for "${rangeText({ ...range, start })}"`,
    );
  }
  if (range.end !== null && promised.end < range.end) {
    await response.body?.cancel();
    throw new SourceError(
      "missing",
      `${url} has only ${promised.end} bytes so far, and its index names bytes up to ${range.end}`,
    );
  }
  const length = promised.end - range.start;
  if (length > maxBytes) await response.body?.cancel();
  requireBounded(length, maxBytes, url);
  if (partial.length > 0 && !partial.isContinuedBy(response)) {
    await response.body?.cancel();
    partial.forget();
    throw new SourceError("unavailable", `${url} changed while it was read`);
  }
  partial.continueWith(response, promised.whole);
  for await (const chunk of response.body ?? []) {
    patience.progress(chunk.length);
    requireBounded(partial.length + chunk.length, length, url);
    partial.add(chunk);
  }
  if (partial.length !== length) {
    throw new SourceError("unavailable", `${url} broke off after ${partial.length} of ${length} bytes`);
  }
  return partial.object();
}

/** Sends a request. Redirects are returned as answers: these hosts send 302 to clients that ask too often. */
async function request(
  url: string,
  headers: Record<string, string>,
  patience: Patience,
  method: "GET" | "HEAD" = "GET",
): Promise<Response> {
  const { signal } = patience;
  const response = await fetch(url, {
    method,
    headers: { ...headers, "accept-encoding": "identity" },
    redirect: "manual",
    signal,
  });
  noteUpstreamTime(new URL(url).host, response.headers.get("date"));
  patience.progress("head");
  return response;
}

/** Refuses an encoded body: its bytes differ from those of the object. @throws SourceError */
async function requireIdentity(response: Response, url: string): Promise<void> {
  const coding = response.headers.get("content-encoding");
  if (coding !== null && coding !== "identity") {
    await response.body?.cancel();
    throw new SourceError(
      "refused",
      `${url} has content coding "${printable(coding, 40)}" although identity was requested`,
    );
  }
}

async function failureOf(response: Response, url: string): Promise<SourceError> {
  await response.body?.cancel();
  const { status } = response;
  const answered = `${url} answered ${status}`;
  if (status === 404) return new SourceError("missing", answered);
  if (status === 416) return new SourceError("missing", `${answered}: its index names bytes beyond the object`);
  if (status === 302 || status === 429) {
    return new SourceError("throttled", `${answered}: too many requests`, retryAfter(response));
  }
  if (status >= 500) return new SourceError("unavailable", answered, retryAfter(response));
  return new SourceError("refused", answered);
}

function retryAfter(response: Response): { retryAfterS?: number } {
  const text = response.headers.get("retry-after");
  return text !== null && /^[0-9]{1,4}$/.test(text) ? { retryAfterS: Number(text) } : {};
}

/** Returns the half-open byte range of a 206 answer, and the length of the whole object when the answer gives it. */
function contentRange(response: Response): { start: number; end: number; whole: number | null } | null {
  const match = /^bytes ([0-9]+)-([0-9]+)\/([0-9]+|\*)$/.exec(response.headers.get("content-range") ?? "");
  return match && {
    start: Number(match[1]),
    end: Number(match[2]) + 1,
    whole: match[3] === "*" ? null : Number(match[3]),
  };
}

async function readBody(response: Response, maxBytes: number, url: string, patience: Patience): Promise<Bytes> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    patience.progress(chunk.length);
    requireBounded(length, maxBytes, url);
    chunks.push(chunk);
  }
  return joined(chunks, length);
}

function joined(chunks: readonly Uint8Array[], length: number): Bytes {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

function asSourceError(error: unknown, url: string, timeoutMs: number): SourceError {
  if (error instanceof SourceError) return error;
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new SourceError("unavailable", `${url} made no progress within ${timeoutMs / 1000} s`, { cause: error });
  }
  return new SourceError("unavailable", `${url} could not be read: ${printable(reasonOf(error))}`, { cause: error });
}

/** Returns the message of the innermost cause: `fetch failed` alone does not give the reason. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}
