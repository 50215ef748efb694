import { LRUCache } from "lru-cache";
import type { FrameId } from "../../contract/identity.ts";
import { modelGeometry } from "../../contract/models.ts";
import type { TileId } from "../../contract/tile.ts";
import type { FrameStore } from "../frame_store.ts";
import { DrawQueue } from "./draw_queue.ts";
import { drawTile } from "./draw_tile.ts";
import { intersects } from "./window.ts";

export interface Tile {
  readonly png: Uint8Array<ArrayBuffer>;
  readonly isCached: boolean;
}

/** Tiles of published frames, the last ones kept in memory, bounded in bytes. */
export class TileService {
  readonly #frames: FrameStore;
  readonly #cache: LRUCache<string, Uint8Array<ArrayBuffer>> | null;
  readonly #queue: DrawQueue;
  #hits = 0;
  #misses = 0;

  constructor(frames: FrameStore, { cacheMb, maxQueued }: { cacheMb: number; maxQueued: number }) {
    this.#frames = frames;
    this.#queue = new DrawQueue(maxQueued);
    this.#cache = cacheMb === 0
      ? null
      : new LRUCache({ maxSize: cacheMb * 1024 * 1024, sizeCalculation: (png) => png.byteLength });
  }

  /** Tiles that were answered from memory. */
  get hits(): number {
    return this.#hits;
  }

  /** Tiles that were drawn. */
  get misses(): number {
    return this.#misses;
  }

  /** Tiles that wait to be drawn. */
  get queued(): number {
    return this.#queue.length;
  }

  get cachedBytes(): number {
    return this.#cache?.calculatedSize ?? 0;
  }

  /** Forgets all tiles, and that any were asked for. */
  clear(): void {
    this.#cache?.clear();
    this.#hits = 0;
    this.#misses = 0;
  }

  /** A strong ETag: a published frame never changes, and a tile depends on nothing else. @throws NotPublishedError */
  async etag(frame: FrameId, { z, x, y }: TileId, sizePx: number): Promise<string> {
    const { artifacts } = await this.#frames.sidecar(frame);
    return `"${artifacts.rgba.sha256.slice(0, 20)}-${sizePx}-${z}-${x}-${y}"`;
  }

  /** Whether a tile has no ground in common with the model's grid. */
  isOutside({ model }: FrameId, tile: TileId): boolean {
    const geometry = modelGeometry(model);
    return geometry === null || !intersects(tile, geometry.grids.display);
  }

  /** @param key the tile's ETag, which names its content */
  async tile(frame: FrameId, tile: TileId, sizePx: number, key: string): Promise<Tile> {
    const cached = this.#cache?.get(key);
    if (cached) {
      this.#hits++;
      return { png: cached, isCached: true };
    }
    this.#misses++;
    const picture = await this.#frames.picture(frame);
    using _open = picture.hold(); // while it waits, other frames may push this one out
    const png = await this.#queue.run(() => drawTile(picture, tile, sizePx));
    this.#cache?.set(key, png);
    return { png, isCached: false };
  }
}
