import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import { createClient, RESP_TYPES } from "@redis/client";
import type { Log } from "../log.ts";
import { CircuitBreaker } from "./circuit_breaker.ts";
import { checkPng } from "./check_png.ts";

/** Key prefix. Its number goes up when the bytes of a tile change for the same image, so that no old tile is shown. */
const PREFIX = "twf3:tile:1:";

/** Time limit for a tile: three times the p99 of 32 simultaneous requests on loopback (docs/PERFORMANCE.md). */
const GET_TIMEOUT_MS = 20;
/** Lifetime from the write: about the time between two runs of most models. Tiles never go stale; expiry makes room. */
const TTL_S = 6 * 3600;
/** Limit on unanswered writes: 1.4 MB of typical tiles. */
const MAX_WRITES = 64;
/** Limit on unanswered commands, including writes. The client refuses more. */
const MAX_COMMANDS = 2000;
/** Limit on a tile's size, far above the largest, 1 MB of uncompressed RGBA. */
const MAX_PNG_BYTES = 4 * 1024 * 1024;
/** Time limit for a whole answer. A longer one may have no end, and would be kept in memory meanwhile. */
const GIVE_UP_MS = 2000;

const FAILURES_IN_ROW = 5;
const OPEN_MS = 3000;
/**
 * Time without traffic after which a connection is given up; otherwise a connection to a dead machine would be kept for
 * a quarter of an hour. Shorter than the breaker is open, as each probe causes traffic; longer than the time between
 * two pings.
 */
const SILENCE_MS = 2000;
const PING_MS = 1000;
const CONNECT_TIMEOUT_MS = 2000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;

/**
 * Tiles that all server processes share in Redis. Redis is optional: when it does not answer correctly and in time, the
 * tile counts as missing, and after a few such failures no requests are sent for a while.
 */
export class RedisTiles {
  readonly #breaker: CircuitBreaker;
  readonly #client: Client | null;
  readonly #getTimeoutMs: number;
  #connecting: Promise<void> = Promise.resolve();
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #retries = 0;
  #isClosed = false;
  #writes = 0;
  #hits = 0;
  #misses = 0;
  #failures = 0;
  #droppedWrites = 0;

  private constructor(url: string, log: Log, getTimeoutMs: number) {
    const redis = withoutCredentials(url);
    this.#getTimeoutMs = getTimeoutMs;
    this.#breaker = new CircuitBreaker({
      failures: FAILURES_IN_ROW,
      openMs: OPEN_MS,
      onOpen: (reason) => log.warn("tiles in Redis are not used for now", { redis, reason }),
      onClose: () => log.info("tiles in Redis are used again", { redis }),
    });
    this.#client = this.#makeClient(url);
    this.#client?.on("ready", () => {
      this.#retries = 0;
      log.debug("connected to Redis", { redis });
    });
    this.#client?.on("error", (error) => {
      if (!this.#isClosed) this.#breaker.open(reasonOf(error));
    });
    this.#client?.on("terminated", () => this.#connectLater());
    this.#connect();
  }

  /**
   * Starts to connect without waiting, and reconnects whenever the connection fails or is lost.
   * @param url `redis://` or, for TLS, `rediss://`; an unusable URL is logged, and no tile is kept
   * @param getTimeoutMs time limit for a tile; tests of Redis's answers wait longer, in case the machine is busy
   */
  static connect(url: string, log: Log, getTimeoutMs: number = GET_TIMEOUT_MS): RedisTiles {
    return new RedisTiles(url, log, getTimeoutMs);
  }

  /** Number of tiles found in Redis. */
  get hits(): number {
    return this.#hits;
  }

  /**
   * Number of tiles that Redis does not have. Requests that are not sent, because Redis is unavailable, do not count.
   */
  get misses(): number {
    return this.#misses;
  }

  /** Number of reads and writes that failed, were answered too late, or returned no valid tile. */
  get failures(): number {
    return this.#failures;
  }

  /**
   * Number of tiles not written, because Redis is unavailable, too many writes are pending, or the tile is too large.
   */
  get droppedWrites(): number {
    return this.#droppedWrites;
  }

  /** Whether requests to Redis are suspended after failures. */
  get isOpen(): boolean {
    return this.#breaker.isOpen;
  }

  /**
   * Reads a tile's PNG; null when Redis does not have the tile or does not answer in time.
   * @param key identifies the tile's content, such as its ETag without quotes
   * @param sizePx side of the tile in pixels
   */
  async get(key: string, sizePx: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const client = this.#client;
    if (!client?.isReady || !this.#breaker.mayAsk()) return null;
    const askedAtMs = performance.now();
    try {
      // Reads at most one byte more than a tile may have, for any value under the key.
      const coming = client.getRange(PREFIX + key, 0, MAX_PNG_BYTES);
      this.#giveUpUnlessSettled(coming);
      const answer = await withinMs(this.#getTimeoutMs, coming);
      if (answer === null || answer.length === 0) {
        this.#breaker.succeeded();
        this.#misses++;
        return null;
      }
      if (answer.length > MAX_PNG_BYTES) throw new TypeError(`the tile has more than ${MAX_PNG_BYTES} bytes`);
      checkPng(answer, sizePx);
      this.#breaker.succeeded();
      this.#hits++;
      return new Uint8Array(answer); // a copy: the answer is a view of everything that the socket read at once
    } catch (error) {
      this.#failed(error, askedAtMs);
      return null;
    }
  }

  /** Writes a tile in the background, or drops it. The caller must not change the bytes any more. */
  set(key: string, png: Uint8Array<ArrayBuffer>): void {
    const client = this.#client;
    const isLate = !client?.isReady || this.#breaker.isOpen || this.#writes >= MAX_WRITES;
    if (isLate || png.byteLength > MAX_PNG_BYTES) {
      this.#droppedWrites++;
      return;
    }
    this.#writes++;
    const askedAtMs = performance.now();
    const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
    client.set(PREFIX + key, bytes, { expiration: { type: "EX", value: TTL_S } })
      .then(() => this.#breaker.succeeded(), (error) => this.#failed(error, askedAtMs))
      .finally(() => this.#writes--);
  }

  /**
   * Closes the connection. Resolves when it is fully closed; a connection that is still being made takes its time-outs.
   */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    this.#client?.destroy();
    await this.#connecting;
    this.#client?.destroy(); // a connection that was made meanwhile
  }

  /** Closes the connection when an answer does not end in time. */
  #giveUpUnlessSettled(answer: Promise<unknown>): void {
    const timer = setTimeout(() => {
      if (this.#isClosed || !this.#client?.isOpen) return;
      this.#breaker.open(`an answer did not end within ${GIVE_UP_MS} ms`);
      this.#client.destroy();
      this.#connectLater();
    }, GIVE_UP_MS);
    const settled = () => clearTimeout(timer);
    answer.then(settled, settled);
  }

  #failed(error: unknown, askedAtMs: number): void {
    if (this.#isClosed) return;
    this.#failures++;
    this.#breaker.failed(reasonOf(error), askedAtMs);
  }

  #makeClient(url: string): Client | null {
    try {
      return makeClient(url);
    } catch {
      // The error's own message may contain the URL, and so a password.
      this.#breaker.open("not a Redis URL: expected redis://[[user]:password@]host[:port][/number]");
      return null;
    }
  }

  #connect(): void {
    if (this.#client === null) return;
    // The client reports the reason of a failure as an event.
    this.#connecting = this.#client.connect().then(() => {}, () => {});
  }

  /** Reconnects after a delay. The client's own reconnection cannot be cancelled while it waits. */
  #connectLater(): void {
    if (this.#isClosed) return;
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** this.#retries++, LAST_RETRY_MS) * (0.5 + Math.random() / 2);
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#connect(), waitMs);
  }
}

type Client = ReturnType<typeof makeClient>;

/** Creates the client. @throws TypeError when the URL is not a Redis URL */
function makeClient(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_COMMANDS,
    // The client's own time-outs cost a signal per command, and do not end commands that are already sent.
    commandOptions: { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    pingInterval: PING_MS,
    socket: { connectTimeout: CONNECT_TIMEOUT_MS, socketTimeout: SILENCE_MS, reconnectStrategy: false },
    maintNotifications: "disabled", // a feature of Redis's own cloud
  });
}

/** Waits for an answer with a time limit. @throws Error when the answer is late */
function withinMs<T>(ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    // The delay may be due to drawing in this process, not to Redis: data that arrived meanwhile is read first.
    const late = () => setImmediate(() => reject(new Error(`no answer within ${ms} ms`)));
    const timer = setTimeout(late, ms);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; "); // a host with several addresses
  return error instanceof Error ? error.message : String(error);
}

/** A URL that can be logged. */
function withoutCredentials(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return "(not a URL)";
  }
}
