import { siteUrl } from "../requests/site_url.ts";
import { PendingRequests } from "../../../concurrency/pending_requests.ts";
import { LruCache } from "../requests/lru_cache.ts";

/** About 4,000 tiles: a loop of 49 hours over 80 tiles. */
const MAX_BYTES = 96 * 1024 * 1024;
/** Bytes that an entry takes besides its tile; an empty one is not free. */
const ENTRY_BYTES = 512;
const TIMEOUT_MS = 10_000;
/** What is fetched before it is due must not stand in the way of what is due. */
const AHEAD_AT_A_TIME = 4;

/** A server's answer that is neither a tile nor "nothing here". */
export class TileError extends Error {
  override readonly name = "TileError";

  constructor(readonly status: number, url: string) {
    super(`${new URL(url, "http://page").pathname} answered ${status}`);
  }
}

/**
 * Tiles as they came, in memory: what was seen once is not asked for again, and it is known what is there. An empty one
 * stands for "nothing here" (204), which is as final as a picture.
 */
export class TileStore {
  readonly #tiles = new LruCache<ArrayBuffer>(MAX_BYTES, (tile) => tile.byteLength + ENTRY_BYTES);
  readonly #pending = new PendingRequests<ArrayBuffer>();
  readonly #listeners = new Set<() => void>();
  #ahead: string[] = [];
  #running = 0;

  has(url: string): boolean {
    return this.#tiles.has(url);
  }

  /** The tile, from memory if it is there. @throws TileError, or what `fetch` throws when there is no network */
  async get(url: string): Promise<ArrayBuffer> {
    return this.#tiles.get(url) ?? await this.#fetch(url, "auto");
  }

  /** Takes a tile out that is no use as it came. */
  forget(url: string): void {
    this.#tiles.delete(url);
  }

  /** Fetches tiles nobody waits for yet, in this order, instead of those that were to be fetched so before. */
  fetchAhead(urls: readonly string[]): void {
    this.#ahead = urls.filter((url) => !this.#tiles.has(url) && !this.#pending.has(url));
    while (this.#running < AHEAD_AT_A_TIME && this.#ahead.length > 0) void this.#work();
  }

  /** Tells of every tile that comes. @returns a function that ends it */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #work(): Promise<void> {
    this.#running++;
    while (this.#ahead.length > 0) {
      const ahead = this.#ahead;
      const url = ahead.shift()!;
      try {
        if (!this.#tiles.has(url)) await this.#fetch(url, "low");
      } catch (error) {
        // Whoever needs it asks again, and is told. Without network the others would fail as well; what replaced them
        // meanwhile is not to suffer.
        if (!(error instanceof TileError) && this.#ahead === ahead) this.#ahead = [];
      }
    }
    this.#running--;
  }

  #fetch(url: string, priority: "auto" | "low"): Promise<ArrayBuffer> {
    return this.#pending.join(url, async () => {
      const tile = await load(url, priority);
      this.#tiles.set(url, tile);
      this.#listeners.forEach((listener) => listener());
      return tile;
    });
  }
}

async function load(url: string, priority: "auto" | "low"): Promise<ArrayBuffer> {
  const response = await fetch(siteUrl(url), { priority, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (response.status === 204) return new ArrayBuffer(0);
  if (!response.ok) throw new TileError(response.status, url);
  return await response.arrayBuffer();
}
