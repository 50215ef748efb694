import { gunzipSync } from "node:zlib";
import { ArchiveError } from "../../contract/pmtiles/archive_error.ts";
import { decodeDirectory, type DirectoryEntry, findEntry } from "../../contract/pmtiles/directory.ts";
import { type ArchiveHeader, decodeHeader, type Section } from "../../contract/pmtiles/header.ts";
import { tileNumber } from "../../contract/pmtiles/tile_number.ts";
import type { TileId } from "../../contract/tile.ts";

/** Bound of a decompressed directory: 700,000 entries, many times those of a frame. */
const MAX_DIRECTORY_BYTES = 16 * 1024 * 1024;

/** A PMTiles archive whose bytes are in memory. */
export class Archive {
  readonly header: ArchiveHeader;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #root: readonly DirectoryEntry[];

  /** @throws ArchiveError when the header or the root directory is damaged, or is compressed other than by gzip */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
    this.header = decodeHeader(bytes, bytes.length);
    this.#root = this.#directory(this.header.rootDirectory);
  }

  /** Returns the bytes of a tile, or null when the archive has none. @throws ArchiveError when a directory is damaged */
  tile(tile: TileId): Uint8Array<ArrayBuffer> | null {
    const number = tileNumber(tile);
    const { leafDirectories, tileData } = this.header;
    let entry = findEntry(this.#root, number);
    if (entry?.runLength === 0) {
      const leaf = { offset: leafDirectories.offset + entry.offset, length: entry.length };
      entry = findEntry(this.#directory(leaf), number);
      if (entry?.runLength === 0) throw new ArchiveError("A leaf directory points to a leaf directory");
    }
    if (entry === null) return null;
    const start = tileData.offset + entry.offset;
    return this.#bytes.subarray(start, start + entry.length);
  }

  #directory({ offset, length }: Section): DirectoryEntry[] {
    const { internalCompression, leafDirectories, tileData } = this.header;
    if (internalCompression !== "gzip") {
      throw new ArchiveError(`The directories are compressed by ${internalCompression}: expected gzip`);
    }
    let bytes: Uint8Array;
    try {
      bytes = gunzipSync(this.#bytes.subarray(offset, offset + length), { maxOutputLength: MAX_DIRECTORY_BYTES });
    } catch (cause) {
      throw new ArchiveError(`A directory cannot be decompressed: ${(cause as Error).message}`, { cause });
    }
    return decodeDirectory(bytes, {
      tileDataBytes: tileData.length,
      leafDirectoriesBytes: leafDirectories.length,
    });
  }
}
