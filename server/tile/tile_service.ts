import { LRUCache } from "lru-cache";
import type { VersionedFrame } from "../../contract/frame_version.ts";
import type { FrameId } from "../../contract/identity.ts";
import { modelGeometry } from "../../contract/models.ts";
import type { TileId } from "../../contract/tile.ts";
import { NotPublishedError } from "../errors.ts";
import type { FrameStore } from "../frame_store.ts";
import type { DrawPool } from "./draw_pool.ts";
import type { RedisTiles } from "./redis_tiles.ts";
import { intersects } from "./window.ts";

/** Where a tile came from, as `X-Cache` tells it: this process's memory, Redis, or it was drawn. */
export type TileOrigin = "L1-HIT" | "L2-HIT" | "MISS";

export interface Tile {
  readonly png: Uint8Array<ArrayBuffer>;
  readonly origin: TileOrigin;
}

interface Entry {
  readonly png: Uint8Array<ArrayBuffer>;
  /** Drawn ahead, and not asked for yet. */
  isAhead: boolean;
}

/** A tile on its way. Whoever asks for it meanwhile waits for the same. */
interface Coming {
  readonly tile: Promise<Tile | null>;
  hurry(): void;
}

/** Tiles of published frames, the last ones kept in memory, bounded in bytes. */
export class TileService {
  readonly #frames: FrameStore;
  readonly #pool: DrawPool;
  readonly #redis: RedisTiles | null;
  readonly #cache: LRUCache<string, Entry> | null;
  readonly #coming = new Map<string, Coming>();
  #hits = 0;
  #misses = 0;
  #ahead = 0;
  #aheadUsed = 0;

  constructor(frames: FrameStore, pool: DrawPool, redis: RedisTiles | null, cacheMb: number) {
    this.#frames = frames;
    this.#pool = pool;
    this.#redis = redis;
    this.#cache = cacheMb === 0
      ? null
      : new LRUCache({ maxSize: cacheMb * 1024 * 1024, sizeCalculation: ({ png }) => png.byteLength });
  }

  /** Tiles that were answered from memory. */
  get hits(): number {
    return this.#hits;
  }

  /** Tiles that were drawn for somebody. */
  get misses(): number {
    return this.#misses;
  }

  /** Tiles that were drawn ahead. */
  get drawnAhead(): number {
    return this.#ahead;
  }

  /** Those of them that somebody asked for later. */
  get usedAhead(): number {
    return this.#aheadUsed;
  }

  /** Tiles that wait to be drawn. */
  get queued(): number {
    return this.#pool.queued;
  }

  get cachedBytes(): number {
    return this.#cache?.calculatedSize ?? 0;
  }

  /** The cache's size; 0 without one. */
  get cacheBytes(): number {
    return this.#cache?.maxSize ?? 0;
  }

  /** Forgets all tiles, and that any were asked for. */
  clear(): void {
    this.#cache?.clear();
    this.#hits = 0;
    this.#misses = 0;
    this.#ahead = 0;
    this.#aheadUsed = 0;
    this.#pool.clear();
  }

  /**
   * A strong ETag, the picture's hash and which part of it, and when the frame was built.
   * @throws NotPublishedError or DamagedError
   */
  async identity(
    frame: VersionedFrame,
    { z, x, y }: TileId,
    sizePx: number,
  ): Promise<{ readonly etag: string; readonly builtAt: string }> {
    const { artifacts, built_at } = await this.#frames.sidecar(frame);
    return { etag: `"${artifacts.rgba.sha256.slice(0, 20)}-${sizePx}-${z}-${x}-${y}"`, builtAt: built_at };
  }

  /** Whether a tile has no ground in common with the model's grid. */
  isOutside({ model }: FrameId, tile: TileId): boolean {
    const geometry = modelGeometry(model);
    return geometry === null || !intersects(tile, geometry.grids.display);
  }

  /**
   * @param key the tile's ETag, which names its content
   * @throws NotPublishedError when the frame was removed, or built again, meanwhile
   * @throws BusyError
   */
  async tile(frame: VersionedFrame, tile: TileId, sizePx: number, key: string): Promise<Tile> {
    const entry = this.#cache?.get(key);
    if (entry) {
      this.#hits++;
      if (entry.isAhead) {
        entry.isAhead = false;
        this.#aheadUsed++;
      }
      return { png: entry.png, origin: "L1-HIT" };
    }
    const known = this.#coming.get(key);
    known?.hurry();
    const answer = await (known?.tile ?? this.#come(key, this.#fetch(frame, tile, sizePx, key))) ??
      // It was drawn ahead, and given up just before it was asked for.
      await this.#come(key, this.#fetch(frame, tile, sizePx, key));
    if (answer.origin === "MISS") this.#misses++;
    return answer;
  }

  /** Draws a tile into memory that somebody may ask for, when there is nothing else to do. */
  async ahead(frame: VersionedFrame, tile: TileId, sizePx: number): Promise<void> {
    if (!this.#cache || this.isOutside(frame, tile)) return;
    const { etag: key } = await this.identity(frame, tile, sizePx);
    if (this.#cache.has(key) || this.#coming.has(key)) return;
    const version = await this.#versionOf(frame, tile, sizePx, key);
    const job = this.#pool.drawAhead({ path: this.#frames.picturePath(frame), version, tile, sizePx });
    let isAhead = true;
    const hurry = () => {
      isAhead = false; // it is somebody's now
      job.hurry();
    };
    const drawn = this.#frames.whilePublished(frame, job.png).then(async (png): Promise<Tile | null> => {
      if (png === null) return null;
      await this.#frames.requireStill(frame, version);
      if (isAhead) this.#ahead++;
      this.#keep(key, png, isAhead);
      return { png, origin: "MISS" };
    });
    await this.#come(key, drawn, hurry);
  }

  #come<T extends Tile | null>(key: string, tile: Promise<T>, hurry = () => {}): Promise<T> {
    this.#coming.set(key, { tile, hurry });
    return tile.finally(() => this.#coming.delete(key));
  }

  async #fetch(frame: VersionedFrame, tile: TileId, sizePx: number, key: string): Promise<Tile> {
    const kept = await this.#redis?.get(unquoted(key), sizePx);
    if (kept) {
      this.#cache?.set(key, { png: kept, isAhead: false });
      return { png: kept, origin: "L2-HIT" };
    }
    const version = await this.#versionOf(frame, tile, sizePx, key);
    const path = this.#frames.picturePath(frame);
    const png = await this.#frames.whilePublished(frame, this.#pool.draw({ path, version, tile, sizePx }));
    await this.#frames.requireStill(frame, version);
    this.#keep(key, png, false);
    return { png, origin: "MISS" };
  }

  /** The version to draw, which has to be the one that the key is of. */
  async #versionOf(frame: VersionedFrame, tile: TileId, sizePx: number, key: string): Promise<string> {
    const version = await this.#frames.version(frame);
    if ((await this.identity(frame, tile, sizePx)).etag !== key) throw NotPublishedError.frame(frame);
    return version;
  }

  #keep(key: string, png: Uint8Array<ArrayBuffer>, isAhead: boolean): void {
    this.#cache?.set(key, { png, isAhead });
    this.#redis?.set(unquoted(key), png);
  }
}

/** An ETag without its quotes. */
function unquoted(etag: string): string {
  return etag.slice(1, -1);
}
