import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import { createClient, RESP_TYPES } from "@redis/client";
import type { Log } from "../log.ts";
import { CircuitBreaker } from "./circuit_breaker.ts";
import { checkPng } from "./check_png.ts";

/** Goes up when the bytes of a tile change for the same picture, so that no tile of an older release is shown. */
const PREFIX = "twf3:tile:1:";

/** Three times the p99 of 32 questions at once on loopback (docs/PERFORMANCE.md); then drawing is surer. */
const GET_TIMEOUT_MS = 20;
/** From the write; as long as the newest run of most models is the newest. Nothing goes stale: it only makes room. */
const TTL_S = 6 * 3600;
/** Writes that were not answered yet: 1.4 MB of usual tiles. */
const MAX_WRITES = 64;
/** Commands that were not answered yet, writes among them. The client refuses more. */
const MAX_COMMANDS = 2000;
/** Far above the largest tile, 1 MB of uncompressed RGBA. */
const MAX_PNG_BYTES = 4 * 1024 * 1024;
/** An answer that takes longer is not read to its end: it may have none, and would be kept in memory meanwhile. */
const GIVE_UP_MS = 2000;

const FAILURES_IN_ROW = 5;
const OPEN_MS = 3000;
/**
 * A connection on which nothing moves is given up, or one to a machine that is gone would be kept for a quarter of an
 * hour. Shorter than the breaker is open, as each probe moves something; longer than the time between two pings.
 */
const SILENCE_MS = 2000;
const PING_MS = 1000;
const CONNECT_TIMEOUT_MS = 2000;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 5000;

/**
 * Tiles that are kept in Redis for all server processes. Only ever a help: when it does not answer well and soon, the
 * answer is "not there", and after a few such answers it is not asked for a while.
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
      onOpen: (reason) => log.warn("tiles in Redis are done without", { redis, reason }),
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
   * Begins to connect and does not wait for it; again and again, when it fails or is lost.
   * @param url `redis://` or, for TLS, `rediss://`; one that cannot be used is told to the log, and nothing is kept
   * @param getTimeoutMs how long a tile is waited for; tests of what Redis answers wait longer, however busy the machine
   */
  static connect(url: string, log: Log, getTimeoutMs: number = GET_TIMEOUT_MS): RedisTiles {
    return new RedisTiles(url, log, getTimeoutMs);
  }

  /** Tiles that were there. */
  get hits(): number {
    return this.#hits;
  }

  /** Tiles that were asked for and not there. What is not asked, as Redis is away, counts as nothing. */
  get misses(): number {
    return this.#misses;
  }

  /** Questions and writes that failed, were answered too late, or with something that is no tile. */
  get failures(): number {
    return this.#failures;
  }

  /** Tiles that were not written, as Redis is away, as too many writes are under way, or as they are too large. */
  get droppedWrites(): number {
    return this.#droppedWrites;
  }

  /** Whether Redis is not asked at present, as it did not answer. */
  get isOpen(): boolean {
    return this.#breaker.isOpen;
  }

  /**
   * The tile's PNG, or null when it is not there, or not there in time.
   * @param key names the tile's content, such as its ETag without quotes
   * @param sizePx of a side of the tile
   */
  async get(key: string, sizePx: number): Promise<Uint8Array<ArrayBuffer> | null> {
    const client = this.#client;
    if (!client?.isReady || !this.#breaker.mayAsk()) return null;
    const askedAtMs = performance.now();
    try {
      // One byte more than a tile may have, whatever lies there.
      const coming = client.getRange(PREFIX + key, 0, MAX_PNG_BYTES);
      this.#giveUpUnlessSettled(coming);
      const answer = await withinMs(this.#getTimeoutMs, coming);
      if (answer === null || answer.length === 0) {
        this.#breaker.succeeded();
        this.#misses++;
        return null;
      }
      if (answer.length > MAX_PNG_BYTES) throw new TypeError(`a tile of more than ${MAX_PNG_BYTES} bytes`);
      checkPng(answer, sizePx);
      this.#breaker.succeeded();
      this.#hits++;
      return new Uint8Array(answer); // a copy: the answer is a view of all that the socket read at once
    } catch (error) {
      this.#failed(error, askedAtMs);
      return null;
    }
  }

  /** Writes a tile in the background, or does without. The bytes must not change any more. */
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

  /** Ends the connection. Resolves when nothing of it is left; where it was still coming about, that takes its time-outs. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    this.#client?.destroy();
    await this.#connecting;
    this.#client?.destroy(); // a connection that came about meanwhile
  }

  /** Ends the connection under an answer that does not come to its end. */
  #giveUpUnlessSettled(answer: Promise<unknown>): void {
    const timer = setTimeout(() => {
      if (this.#isClosed || !this.#client?.isOpen) return;
      this.#breaker.open(`no end of an answer within ${GIVE_UP_MS} ms`);
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
      // The error's own words may hold the URL, and so a password.
      this.#breaker.open("not a Redis URL: expected redis://[[user]:password@]host[:port][/number]");
      return null;
    }
  }

  #connect(): void {
    if (this.#client === null) return;
    // Why it failed is told as an event.
    this.#connecting = this.#client.connect().then(() => {}, () => {});
  }

  /** The client's own way to connect again cannot be called off while it waits. */
  #connectLater(): void {
    if (this.#isClosed) return;
    const waitMs = Math.min(FIRST_RETRY_MS * 2 ** this.#retries++, LAST_RETRY_MS) * (0.5 + Math.random() / 2);
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.#connect(), waitMs);
  }
}

type Client = ReturnType<typeof makeClient>;

/** @throws TypeError when the URL is none of Redis's */
function makeClient(url: string) {
  return createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: MAX_COMMANDS,
    // The client's own time-outs cost a signal a command, and do not end what was sent already.
    commandOptions: { timeout: 0, typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    pingInterval: PING_MS,
    socket: { connectTimeout: CONNECT_TIMEOUT_MS, socketTimeout: SILENCE_MS, reconnectStrategy: false },
    maintNotifications: "disabled", // a service of Redis's own cloud
  });
}

/** @throws Error when the answer is late */
function withinMs<T>(ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    // Drawing may have held up this process, not Redis: what has come meanwhile is read first.
    const late = () => setImmediate(() => reject(new Error(`no answer within ${ms} ms`)));
    const timer = setTimeout(late, ms);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join("; "); // a host with several addresses
  return error instanceof Error ? error.message : String(error);
}

/** A URL that may be shown. */
function withoutCredentials(url: string): string {
  try {
    const { protocol, host, pathname } = new URL(url);
    return `${protocol}//${host}${pathname}`;
  } catch {
    return "(not a URL)";
  }
}
