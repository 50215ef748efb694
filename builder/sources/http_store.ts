import pRetry from "p-retry";
import { LRUCache } from "lru-cache";
import { downloadBytes, downloadErrors } from "../metrics/metrics.ts";
import { delay, HostGate } from "./host_gate.ts";
import type { ByteRange, Bytes, ObjectStore, TextObject } from "./object_store.ts";
import { rangeText, requireBounded } from "./object_store.ts";
import { SourceError } from "./source_error.ts";

export interface RetryPolicy {
  /** Tries after the first one. */
  readonly retries: number;
  /** Wait before the first retry; it doubles from one to the next, with jitter. */
  readonly firstDelayMs: number;
  readonly maxDelayMs: number;
  /** For one try, body included. */
  readonly timeoutMs: number;
}

/** About a quarter of a minute of patience: a busy mirror recovers, and another one is next in line. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  retries: 4,
  firstDelayMs: 500,
  maxDelayMs: 10_000,
  timeoutMs: 60_000,
};

/** Small objects that were read, by URL, and the version that was read. */
const knownTexts = new LRUCache<string, TextObject & { readonly etag: string }>({
  maxSize: 32 * 1024 * 1024,
  sizeCalculation: ({ text }) => Math.max(1, text.length),
});

function lastModified(response: Response): Date | null {
  const time = Date.parse(response.headers.get("last-modified") ?? "");
  return Number.isNaN(time) ? null : new Date(time);
}

/** A bucket over HTTP. */
export class HttpStore implements ObjectStore {
  /** @param gate what the host allows a client, shared by all stores of that host */
  constructor(
    readonly baseUrl: string,
    readonly policy: RetryPolicy = DEFAULT_RETRY_POLICY,
    readonly gate: HostGate = new HostGate({}),
    /** What the source is called in metrics. */
    readonly sourceId: string = "unnamed",
  ) {}

  /** An object that was read before is asked for on condition that it changed: an index is polled until it is complete. */
  async readText(path: string, options: { maxBytes: number; signal: AbortSignal }): Promise<TextObject> {
    const url = this.baseUrl + path;
    const known = knownTexts.get(url);
    return await this.#retrying(url, options.signal, async (signal) => {
      const response = await request(url, known ? { "if-none-match": known.etag } : {}, signal);
      if (known && response.status === 304) {
        await response.body?.cancel();
        return known;
      }
      if (response.status !== 200) throw await failureOf(response, url);
      const bytes = await readBody(response, options.maxBytes, url);
      downloadBytes.inc({ source: this.sourceId }, bytes.length);
      const object = { text: new TextDecoder().decode(bytes), modified: lastModified(response) };
      const etag = response.headers.get("etag");
      if (etag !== null) knownTexts.set(url, { ...object, etag });
      return object;
    });
  }

  async readRange(path: string, range: ByteRange, options: { maxBytes: number; signal: AbortSignal }): Promise<Bytes> {
    const url = this.baseUrl + path;
    if (range.end !== null) requireBounded(range.end - range.start, options.maxBytes, url);
    const partial = new PartialBody();
    return await this.#retrying(
      url,
      options.signal,
      async (signal) => {
        const bytes = await readRest(url, range, partial, options.maxBytes, signal);
        downloadBytes.inc({ source: this.sourceId }, bytes.length);
        return bytes;
      },
    );
  }

  #retrying<T>(url: string, signal: AbortSignal, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { retries, firstDelayMs, maxDelayMs, timeoutMs } = this.policy;
    return pRetry(async () => {
      try {
        return await this.gate.run(
          () => attempt(AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])),
          signal,
        );
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

/** What earlier tries got of a range, from its start. Only good for the version of the object it came from. */
class PartialBody {
  #chunks: Uint8Array[] = [];
  #etag: string | null = null;
  length = 0;

  /** Asks for what is missing, of the version that the rest is of. */
  headers(range: ByteRange): Record<string, string> {
    if (this.#etag === null) this.#clear();
    const rest = { start: range.start + this.length, end: range.end };
    return {
      range: rangeText(rest).replace(" ", "="),
      ...(this.length > 0 && this.#etag !== null ? { "if-match": this.#etag } : {}),
    };
  }

  /** A server that ignores If-Match may send the rest of another version. */
  isContinuedBy(response: Response): boolean {
    return this.#etag !== null && response.headers.get("etag") === this.#etag;
  }

  /** A strong validator, without which parts of two tries cannot be joined. */
  continueWith(response: Response): void {
    const etag = response.headers.get("etag");
    this.#etag = etag !== null && !etag.startsWith("W/") ? etag : null;
  }

  add(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.length += chunk.length;
  }

  /** The object changed: what was read belongs to a version that is gone. */
  #clear(): void {
    this.#chunks = [];
    this.length = 0;
  }

  forget(): void {
    this.#etag = null;
    this.#clear();
  }

  bytes(): Bytes {
    return joined(this.#chunks, this.length);
  }
}

/** One try: what is still missing of a range. */
async function readRest(
  url: string,
  range: ByteRange,
  partial: PartialBody,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Bytes> {
  // The last try got all there is, and only then lost its connection.
  if (partial.length > 0 && range.end !== null && partial.length === range.end - range.start) return partial.bytes();
  const response = await request(url, partial.headers(range), signal);
  const start = range.start + partial.length;
  if (response.status === 200) {
    await response.body?.cancel();
    throw new SourceError("bad-answer", `${url} ignored the byte range and answered 200 with the whole object`);
  }
  if (response.status === 412) {
    await response.body?.cancel();
    partial.forget();
    throw new SourceError("unavailable", `${url} changed while it was read`);
  }
  if (response.status !== 206) throw await failureOf(response, url);
  const promised = contentRange(response);
  if (promised?.start !== start || (range.end !== null && promised.end > range.end)) {
    await response.body?.cancel();
    const got = response.headers.get("content-range");
    throw new SourceError(
      "bad-answer",
      `${url} answered range "${got}" when asked for "${rangeText({ ...range, start })}"`,
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
  partial.continueWith(response);
  for await (const chunk of response.body ?? []) {
    requireBounded(partial.length + chunk.length, length, url);
    partial.add(chunk);
  }
  if (partial.length !== length) {
    throw new SourceError("unavailable", `${url} broke off after ${partial.length} of ${length} bytes`);
  }
  return partial.bytes();
}

/** Redirects are answers here: these hosts send 302 to clients they find too busy. */
function request(url: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  return fetch(url, { headers: { ...headers, "accept-encoding": "identity" }, redirect: "manual", signal });
}

async function failureOf(response: Response, url: string): Promise<SourceError> {
  await response.body?.cancel();
  const { status } = response;
  const answered = `${url} answered ${status}`;
  if (status === 404) return new SourceError("missing", answered);
  if (status === 416) return new SourceError("missing", `${answered}: its index names bytes beyond the object`);
  if (status === 403) return new SourceError("refused", answered);
  if (status === 302 || status === 429) {
    return new SourceError("throttled", `${answered}: too many requests`, retryAfter(response));
  }
  if (status >= 500) return new SourceError("unavailable", answered, retryAfter(response));
  return new SourceError("bad-answer", answered);
}

function retryAfter(response: Response): { retryAfterS?: number } {
  const text = response.headers.get("retry-after");
  return text !== null && /^[0-9]{1,4}$/.test(text) ? { retryAfterS: Number(text) } : {};
}

/** The half-open byte range a 206 says it holds. */
function contentRange(response: Response): { start: number; end: number } | null {
  const match = /^bytes ([0-9]+)-([0-9]+)\/([0-9]+|\*)$/.exec(response.headers.get("content-range") ?? "");
  return match && { start: Number(match[1]), end: Number(match[2]) + 1 };
}

async function readBody(response: Response, maxBytes: number, url: string): Promise<Bytes> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
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
    return new SourceError("unavailable", `${url} did not answer within ${timeoutMs / 1000} s`, { cause: error });
  }
  return new SourceError("unavailable", `${url} could not be read: ${reasonOf(error)}`, { cause: error });
}

/** `fetch failed` alone says nothing; the cause has the reason. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : reasonOf(error.cause);
}
