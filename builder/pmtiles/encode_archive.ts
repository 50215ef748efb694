import type { DirectoryEntry } from "../../contract/pmtiles/directory.ts";
import { type ArchiveCenter, encodeHeader, HEADER_BYTES } from "../../contract/pmtiles/header.ts";
import { tileNumber } from "../../contract/pmtiles/tile_number.ts";
import type { LonLatBox } from "../../contract/projection.ts";
import type { TileId } from "../../contract/tile.ts";
import { concatenate } from "../concatenate.ts";
import { encodeDirectories } from "./directories.ts";
import { gzip } from "./gzip.ts";
import { TileStore } from "./tile_store.ts";

/** PNG tile of an archive. */
export interface ArchiveTile {
  readonly tile: TileId;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Facts that an archive tells of its tiles. */
export interface ArchiveFacts {
  readonly box: LonLatBox;
  readonly minZoom: number;
  readonly maxZoom: number;
  /** View that a map opens with. */
  readonly center: ArchiveCenter;
  /** Any JSON object. By convention `name`, `description`, `attribution`, `type` and `version` are texts. */
  readonly metadata: Readonly<Record<string, unknown>>;
}

/**
 * Encodes PNG tiles as a PMTiles archive, version 3, clustered, with directories and metadata as gzip. Tiles with the
 * same bytes are stored once. The same tiles and facts give the same bytes, whatever the order of the tiles.
 * @see https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
 * @throws RangeError without tiles; for a tile that is there twice, is empty or is outside the zooms; and for facts that
 * no archive can have
 */
export function encodeArchive(tiles: Iterable<ArchiveTile>, facts: ArchiveFacts): Uint8Array<ArrayBuffer> {
  const numbered = inOrder(tiles, facts);
  const store = new TileStore();
  const entries = entriesOf(numbered, store);
  const { root, leaves } = encodeDirectories(entries);
  const metadata = gzip(new TextEncoder().encode(JSON.stringify(facts.metadata)));
  let end = HEADER_BYTES;
  const section = (length: number) => {
    const offset = end;
    end += length;
    return { offset, length };
  };
  const header = encodeHeader({
    rootDirectory: section(root.length),
    metadata: section(metadata.length),
    leafDirectories: section(leaves.length),
    tileData: section(store.lengthBytes),
    addressedTiles: numbered.length,
    tileEntries: entries.length,
    tileContents: store.parts.length,
    isClustered: true,
    internalCompression: "gzip",
    tileCompression: "none",
    tileType: "png",
    minZoom: facts.minZoom,
    maxZoom: facts.maxZoom,
    box: facts.box,
    center: facts.center,
  });
  return concatenate([header, root, metadata, leaves, ...store.parts]);
}

interface NumberedTile {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** Returns the tiles in the order of their numbers. @throws RangeError for tiles that an archive cannot have */
function inOrder(tiles: Iterable<ArchiveTile>, { minZoom, maxZoom }: ArchiveFacts): NumberedTile[] {
  const numbered = Array.from(tiles, ({ tile, bytes }) => {
    const { z, x, y } = tile;
    if (z < minZoom || z > maxZoom) {
      throw new RangeError(`Cannot archive tile ${z}/${x}/${y}: the zooms are ${minZoom} to ${maxZoom}`);
    }
    if (bytes.length === 0) throw new RangeError(`Cannot archive tile ${z}/${x}/${y}: it has no bytes`);
    return { number: tileNumber(tile), tile, bytes };
  }).sort((a, b) => a.number - b.number);
  if (numbered.length === 0) throw new RangeError("Cannot write an archive without tiles");
  numbered.forEach(({ number, tile: { z, x, y } }, i) => {
    if (numbered[i - 1]?.number === number) throw new RangeError(`Cannot archive tile ${z}/${x}/${y} twice`);
  });
  return numbered;
}

/** Stores the tiles and returns their entries; tiles that follow each other and have the same bytes share one. */
function entriesOf(tiles: readonly NumberedTile[], store: TileStore): DirectoryEntry[] {
  const entries: DirectoryEntry[] = [];
  for (const { number, bytes } of tiles) {
    const offset = store.add(bytes);
    const last = entries.at(-1);
    if (last && last.offset === offset && last.tileNumber + last.runLength === number) {
      entries[entries.length - 1] = { ...last, runLength: last.runLength + 1 };
    } else entries.push({ tileNumber: number, runLength: 1, offset, length: bytes.length });
  }
  return entries;
}
