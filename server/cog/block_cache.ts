import { LRUCache } from "lru-cache";

/** Decoded blocks of all open files, bounded in bytes. */
export type BlockCache = LRUCache<string, Uint8Array | Uint32Array | Float32Array>;

export function makeBlockCache(maxMb: number): BlockCache {
  return new LRUCache({ maxSize: maxMb * 1024 * 1024, sizeCalculation: (block) => block.byteLength });
}
