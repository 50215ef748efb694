import { siteUrl } from "../requests/site_url.ts";
import { PendingRequests } from "../../../concurrency/pending_requests.ts";
import { LruCache } from "../requests/lru_cache.ts";

/** Limit of the tiles in memory: about 4,000 tiles, a loop of 49 hours over 80 tiles. */
const MAX_BYTES = 96 * 1024 * 1024;
/** Bytes that an entry takes besides its tile; an empty tile is not free. */
const ENTRY_BYTES = 512;
const TIMEOUT_MS = 10_000;
/** Number of simultaneous prefetches: they must not delay tiles that are due. */
const PREFETCHES_AT_ONCE = 4;

/** A server's answer that is neither a tile nor "nothing here". */
export class TileError extends Error {
  override readonly name = "TileError";

  constructor(readonly status: number, url: string) {
    super(`${new URL(url, "http://page").pathname} answered ${status}`);
  }
}

/**
 * Tiles in memory, as they were received: a received tile is not requested again, and the store knows which tiles it
 * has. An empty tile stands for "nothing here" (204), which is as final as an image.
 */
export class TileStore {
  readonly #tiles = new LruCache<ArrayBuffer>(MAX_BYTES, (tile) => tile.byteLength + ENTRY_BYTES);
  readonly #pending = new PendingRequests<ArrayBuffer>();
  readonly #listeners = new Set<() => void>();
  #prefetches: string[] = [];
  #running = 0;

  has(url: string): boolean {
    return this.#tiles.has(url);
  }

  /** Returns a tile, from memory if it is there. @throws TileError, or the error of `fetch` when there is no network */
  async get(url: string): Promise<ArrayBuffer> {
    return this.#tiles.get(url) ?? await this.#fetch(url, "auto");
  }

  /** Removes a tile that turned out to be unusable. */
  forget(url: string): void {
    this.#tiles.delete(url);
  }

  /** Prefetches tiles in this order, instead of the tiles that are left from the call before. */
  prefetch(urls: readonly string[]): void {
    this.#prefetches = urls.filter((url) => !this.#tiles.has(url) && !this.#pending.has(url));
    while (this.#running < PREFETCHES_AT_ONCE && this.#prefetches.length > 0) void this.#work();
  }

  /** Calls a listener for every tile that arrives. @returns a function that ends this */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async #work(): Promise<void> {
    this.#running++;
    while (this.#prefetches.length > 0) {
      const prefetches = this.#prefetches;
      const url = prefetches.shift()!;
      try {
        if (!this.#tiles.has(url)) await this.#fetch(url, "low");
      } catch (error) {
        // A caller who needs the tile requests it again and gets the error. Without a network the other tiles would
        // fail as well; a list that replaced this one meanwhile is kept.
        if (!(error instanceof TileError) && this.#prefetches === prefetches) this.#prefetches = [];
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
