import { LRUCache } from "lru-cache";
import type { VersionedFrame } from "../../contract/frame_version.ts";
import type { FrameId } from "../../contract/identity.ts";
import { modelGeometry } from "../../contract/models.ts";
import type { TileId } from "../../contract/tile.ts";
import { PendingRequests } from "../../concurrency/pending_requests.ts";
import { NotPublishedError } from "../errors.ts";
import type { FrameStore } from "../frame_store.ts";
import type { DrawPool } from "./draw_pool.ts";
import type { RedisTiles } from "./redis_tiles.ts";
import { intersects } from "./intersects.ts";

/** Origin of a tile, as `X-Cache` reports it: this process's memory, Redis, or drawing. */
export type TileOrigin = "L1-HIT" | "L2-HIT" | "MISS";

export interface Tile {
  readonly png: Uint8Array<ArrayBuffer>;
  readonly origin: TileOrigin;
}

/** A tile of a published frame, before it is drawn: for a client that has the tile, its validators are enough. */
export interface FoundTile {
  /** A strong ETag: the hash of the RGBA COG with the tile's size and position. */
  readonly etag: string;
  /** Build time of the frame, in ISO 8601. */
  readonly builtAt: string;
  /**
   * Returns the tile from memory or from Redis, or draws it.
   * @throws NotPublishedError when the frame was removed or built again since it was found
   * @throws BusyError
   */
  draw(): Promise<Tile>;
}

interface Entry {
  readonly png: Uint8Array<ArrayBuffer>;
  /** Whether the tile was prefetched and not requested yet. */
  isPrefetch: boolean;
}

/** Tiles of published frames; the last ones are kept in memory, bounded in bytes. */
export class TileService {
  readonly #frames: FrameStore;
  readonly #pool: DrawPool;
  readonly #redis: RedisTiles | null;
  readonly #cache: LRUCache<string, Entry> | null;
  readonly #pending = new PendingRequests<Tile | null>();
  /** Functions that prioritize the pending prefetches, by key. */
  readonly #prefetches = new Map<string, () => void>();
  #hits = 0;
  #misses = 0;
  #prefetched = 0;
  #prefetchedUsed = 0;

  constructor(frames: FrameStore, pool: DrawPool, redis: RedisTiles | null, cacheMb: number) {
    this.#frames = frames;
    this.#pool = pool;
    this.#redis = redis;
    this.#cache = cacheMb === 0
      ? null
      : new LRUCache({ maxSize: cacheMb * 1024 * 1024, sizeCalculation: ({ png }) => png.byteLength });
  }

  /** Number of tiles that were answered from memory. */
  get hits(): number {
    return this.#hits;
  }

  /** Number of requested tiles that were drawn. */
  get misses(): number {
    return this.#misses;
  }

  /** Number of tiles that were prefetched. */
  get prefetched(): number {
    return this.#prefetched;
  }

  /** Number of prefetched tiles that were requested later. */
  get prefetchedUsed(): number {
    return this.#prefetchedUsed;
  }

  /** Number of tiles that wait to be drawn. */
  get queued(): number {
    return this.#pool.queued;
  }

  get cachedBytes(): number {
    return this.#cache?.calculatedSize ?? 0;
  }

  /** Size of the cache in bytes; 0 without a cache. */
  get cacheBytes(): number {
    return this.#cache?.maxSize ?? 0;
  }

  /** Removes all tiles and resets the counters. */
  clear(): void {
    this.#cache?.clear();
    this.#hits = 0;
    this.#misses = 0;
    this.#prefetched = 0;
    this.#prefetchedUsed = 0;
    this.#pool.clear();
  }

  /**
   * Finds a tile of a published frame; null when the tile lies outside the model's grid.
   * @throws NotPublishedError or DamagedError
   */
  async find(frame: VersionedFrame, tile: TileId, sizePx: number): Promise<FoundTile | null> {
    const { artifacts, built_at: builtAt } = await this.#frames.sidecar(frame);
    if (isOutside(frame, tile)) return null;
    const etag = tileEtag(artifacts.rgba.sha256, tile, sizePx);
    return { etag, builtAt, draw: () => this.#tile(frame, tile, sizePx, etag) };
  }

  /**
   * Returns a tile from memory, from Redis, or drawn now.
   * @param key the ETag, which identifies the content
   */
  async #tile(frame: VersionedFrame, tile: TileId, sizePx: number, key: string): Promise<Tile> {
    const entry = this.#cache?.get(key);
    if (entry) {
      this.#hits++;
      if (entry.isPrefetch) {
        entry.isPrefetch = false;
        this.#prefetchedUsed++;
      }
      return { png: entry.png, origin: "L1-HIT" };
    }
    let answer: Tile | null = null;
    while (answer === null) { // a prefetch may be dropped just before its tile is requested
      this.#prefetches.get(key)?.();
      answer = await this.#pending.join(key, () => this.#fetch(frame, tile, sizePx, key));
    }
    if (answer.origin === "MISS") this.#misses++;
    return answer;
  }

  /** Draws a tile into memory, when there is no other work, because a client may request it soon. */
  async prefetch(frame: VersionedFrame, tile: TileId, sizePx: number): Promise<void> {
    if (!this.#cache || isOutside(frame, tile)) return;
    const key = tileEtag((await this.#frames.sidecar(frame)).artifacts.rgba.sha256, tile, sizePx);
    if (this.#cache.has(key) || this.#pending.has(key)) return;
    const version = await this.#versionOf(frame, tile, sizePx, key);
    await this.#pending.join(key, () => this.#drawPrefetch(frame, tile, sizePx, key, version));
  }

  async #drawPrefetch(
    frame: VersionedFrame,
    tile: TileId,
    sizePx: number,
    key: string,
    version: string,
  ): Promise<Tile | null> {
    const job = this.#pool.prefetch({ path: this.#frames.rgbaPath(frame), version, tile, sizePx });
    let isPrefetch = true;
    this.#prefetches.set(key, () => {
      isPrefetch = false; // a client waits for the tile now
      job.prioritize();
    });
    try {
      const png = await this.#frames.whilePublished(frame, job.png);
      if (png === null) return null;
      await this.#frames.requireCurrent(frame, version);
      if (isPrefetch) this.#prefetched++;
      this.#keep(key, png, isPrefetch);
      return { png, origin: "MISS" };
    } finally {
      this.#prefetches.delete(key);
    }
  }

  async #fetch(frame: VersionedFrame, tile: TileId, sizePx: number, key: string): Promise<Tile> {
    const kept = await this.#redis?.get(unquoted(key), sizePx);
    if (kept) {
      this.#cache?.set(key, { png: kept, isPrefetch: false });
      return { png: kept, origin: "L2-HIT" };
    }
    const version = await this.#versionOf(frame, tile, sizePx, key);
    const path = this.#frames.rgbaPath(frame);
    const png = await this.#frames.whilePublished(frame, this.#pool.draw({ path, version, tile, sizePx }));
    await this.#frames.requireCurrent(frame, version);
    this.#keep(key, png, false);
    return { png, origin: "MISS" };
  }

  /** The version to draw, which must be the version that the key stands for. */
  async #versionOf(frame: VersionedFrame, tile: TileId, sizePx: number, key: string): Promise<string> {
    const version = await this.#frames.version(frame);
    const { artifacts } = await this.#frames.sidecar(frame);
    if (tileEtag(artifacts.rgba.sha256, tile, sizePx) !== key) throw NotPublishedError.frame(frame);
    return version;
  }

  #keep(key: string, png: Uint8Array<ArrayBuffer>, isPrefetch: boolean): void {
    this.#cache?.set(key, { png, isPrefetch });
    this.#redis?.set(unquoted(key), png);
  }
}

function tileEtag(rgbaSha256: string, { z, x, y }: TileId, sizePx: number): string {
  return `"${rgbaSha256.slice(0, 20)}-${sizePx}-${z}-${x}-${y}"`;
}

/** Whether a tile lies outside the model's grid. */
function isOutside({ model }: FrameId, tile: TileId): boolean {
  const geometry = modelGeometry(model);
  return geometry === null || !intersects(tile, geometry.grid);
}

/** Removes the quotes of an ETag. */
function unquoted(etag: string): string {
  return etag.slice(1, -1);
}
