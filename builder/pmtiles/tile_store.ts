import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";

/** Tile data of an archive: tiles one after the other, each different tile once. */
export class TileStore {
  readonly parts: Uint8Array[] = [];
  #lengthBytes = 0;
  /** Offsets of the stored tiles by their checksum, and their bytes, since different bytes can have one checksum. */
  readonly #stored = new Map<number, { offset: number; bytes: Uint8Array }[]>();

  get lengthBytes(): number {
    return this.#lengthBytes;
  }

  /** Stores a tile unless it is there, and returns its first byte. */
  add(bytes: Uint8Array): number {
    const checksum = crc32(bytes);
    const alike = this.#stored.get(checksum) ?? [];
    const known = alike.find((stored) => Buffer.compare(stored.bytes, bytes) === 0);
    if (known) return known.offset;
    const offset = this.#lengthBytes;
    this.#stored.set(checksum, [...alike, { offset, bytes }]);
    this.parts.push(bytes);
    this.#lengthBytes += bytes.length;
    return offset;
  }
}
