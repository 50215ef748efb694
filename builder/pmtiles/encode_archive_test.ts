import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { PMTiles } from "pmtiles";
import { decodeDirectory, type DirectoryEntry, findEntry } from "../../contract/pmtiles/directory.ts";
import { type ArchiveHeader, decodeHeader, ROOT_END_BYTES, type Section } from "../../contract/pmtiles/header.ts";
import { tileNumber, tileOfNumber } from "../../contract/pmtiles/tile_number.ts";
import type { TileId } from "../../contract/tile.ts";
import { BytesSource } from "../../tests/support/bytes_source.ts";
import { type ArchiveFacts, type ArchiveTile, encodeArchive } from "./encode_archive.ts";

const FACTS: ArchiveFacts = {
  box: { west: -134, south: 21, east: -60, north: 53 },
  minZoom: 0,
  maxZoom: 8,
  center: { lon: -97, lat: 38.5, zoom: 3 },
  metadata: { name: "2 m temperature", "twf:version": "0123", levels: [1, 2.5, "°F"] },
};

/** Tiles by number, from the first; every third is alike, and the last ten of every hundred are. */
function tilesOf(count: number): ArchiveTile[] {
  const empty = Uint8Array.of(0x89, 1, 2, 3);
  return Array.from({ length: count }, (_, number) => {
    const isEmpty = number % 3 === 0 || number % 100 >= 90;
    const bytes = new TextEncoder().encode(`tile ${number} ${"x".repeat(Math.imul(number, 0x9e3779b1) >>> 23)}`);
    return { tile: tileOfNumber(number), bytes: isEmpty ? empty.slice() : bytes };
  });
}

/** Reads a tile by the rules of the contract alone. */
function readTile(archive: Uint8Array<ArrayBuffer>, tile: TileId): Uint8Array | null {
  const header = decodeHeader(archive, archive.length);
  const number = tileNumber(tile);
  let entry = findEntry(directoryAt(archive, header, header.rootDirectory), number);
  if (entry?.runLength === 0) {
    const leaf = within(header.leafDirectories, entry);
    entry = findEntry(directoryAt(archive, header, leaf), number);
  }
  return entry === null ? null : partOf(archive, within(header.tileData, entry));
}

function directoryAt(archive: Uint8Array<ArrayBuffer>, header: ArchiveHeader, section: Section): DirectoryEntry[] {
  return decodeDirectory(gunzipSync(partOf(archive, section)), {
    tileDataBytes: header.tileData.length,
    leafDirectoriesBytes: header.leafDirectories.length,
  });
}

function within(section: Section, { offset, length }: DirectoryEntry): Section {
  return { offset: section.offset + offset, length };
}

function partOf(archive: Uint8Array<ArrayBuffer>, { offset, length }: Section): Uint8Array<ArrayBuffer> {
  return archive.subarray(offset, offset + length);
}

for (const count of [1, 55, 20_000]) {
  Deno.test(`encodeArchive() writes ${count} tiles that the format's own reader and the contract's rules find`, async () => {
    const tiles = tilesOf(count);
    const archive = encodeArchive(tiles, FACTS);
    const reader = new PMTiles(new BytesSource(archive));
    const step = Math.max(1, Math.floor(count / 700));
    for (let i = 0; i < count; i += step) {
      const { tile, bytes } = tiles[i]!;
      const found = await reader.getZxy(tile.z, tile.x, tile.y);
      assert.deepEqual(new Uint8Array(found!.data), bytes);
      assert.deepEqual(readTile(archive, tile), bytes);
    }
    const absent = tileOfNumber(count);
    assert.equal(await reader.getZxy(absent.z, absent.x, absent.y), undefined);
    assert.equal(readTile(archive, absent), null);
  });
}

Deno.test("encodeArchive() tells the facts to the format's own reader", async () => {
  const reader = new PMTiles(new BytesSource(encodeArchive(tilesOf(55), FACTS)));
  const header = await reader.getHeader();
  assert.deepEqual(
    [header.minLon, header.minLat, header.maxLon, header.maxLat, header.centerLon, header.centerLat, header.centerZoom],
    [-134, 21, -60, 53, -97, 38.5, 3],
  );
  assert.deepEqual([header.specVersion, header.minZoom, header.maxZoom, header.clustered], [3, 0, 8, true]);
  assert.deepEqual([header.internalCompression, header.tileCompression, header.tileType], [2, 1, 2]);
  assert.deepEqual(await reader.getMetadata(), FACTS.metadata);
});

Deno.test("encodeArchive() stores tiles with the same bytes once, and neighbours of them as one entry", () => {
  const one = Uint8Array.of(1, 1);
  const two = Uint8Array.of(2, 2, 2);
  const tiles = [one, two, two.slice(), two, one, two].map((bytes, number) => ({ tile: tileOfNumber(number), bytes }));
  const archive = encodeArchive([...tiles, { tile: tileOfNumber(7), bytes: two }], FACTS);
  const header = decodeHeader(archive, archive.length);
  assert.deepEqual([header.addressedTiles, header.tileEntries, header.tileContents], [7, 5, 2]);
  assert.deepEqual(directoryAt(archive, header, header.rootDirectory), [
    { tileNumber: 0, runLength: 1, offset: 0, length: 2 },
    { tileNumber: 1, runLength: 3, offset: 2, length: 3 },
    { tileNumber: 4, runLength: 1, offset: 0, length: 2 },
    { tileNumber: 5, runLength: 1, offset: 2, length: 3 },
    { tileNumber: 7, runLength: 1, offset: 2, length: 3 },
  ]);
  assert.deepEqual(partOf(archive, header.tileData), Uint8Array.of(1, 1, 2, 2, 2));
});

Deno.test("encodeArchive() keeps tiles apart whose checksums are the same", () => {
  // "plumless" and "buckeroo" have the same CRC-32.
  const tiles = ["plumless", "buckeroo", "plumless"].map((text, number) => {
    return { tile: tileOfNumber(number), bytes: new TextEncoder().encode(text) };
  });
  const archive = encodeArchive(tiles, FACTS);
  for (const { tile, bytes } of tiles) assert.deepEqual(readTile(archive, tile), bytes);
  assert.equal(decodeHeader(archive, archive.length).tileContents, 2);
});

Deno.test("encodeArchive() writes leaf directories when the root would be too large", () => {
  const small = encodeArchive(tilesOf(55), FACTS);
  assert.equal(decodeHeader(small, small.length).leafDirectories.length, 0);
  const large = encodeArchive(tilesOf(20_000), FACTS);
  const { rootDirectory, leafDirectories } = decodeHeader(large, large.length);
  assert.ok(leafDirectories.length > 0);
  assert.ok(rootDirectory.offset + rootDirectory.length < ROOT_END_BYTES);
});

Deno.test("encodeArchive() gives the same bytes for the same tiles in any order", () => {
  const tiles = tilesOf(500);
  const first = encodeArchive(tiles, FACTS);
  assert.deepEqual(encodeArchive(tiles.toReversed(), FACTS), first);
  const { rootDirectory } = decodeHeader(first, first.length);
  const gzipHeader = partOf(first, { ...rootDirectory, length: 10 });
  assert.deepEqual([...gzipHeader], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255], "no time, no operating system");
});

Deno.test("encodeArchive() refuses no tiles, a tile twice, a tile without bytes, and one outside the zooms", () => {
  const bytes = Uint8Array.of(1);
  const tile = { z: 1, x: 0, y: 0 };
  assert.throws(() => encodeArchive([], FACTS), /without tiles/);
  assert.throws(() => encodeArchive([{ tile, bytes }, { tile, bytes }], FACTS), /tile 1\/0\/0 twice/);
  assert.throws(() => encodeArchive([{ tile, bytes: new Uint8Array() }], FACTS), /it has no bytes/);
  assert.throws(() => encodeArchive([{ tile, bytes }], { ...FACTS, minZoom: 2 }), /the zooms are 2 to 8/);
  assert.throws(() => encodeArchive([{ tile, bytes }], { ...FACTS, maxZoom: 0 }), /the zooms are 0 to 0/);
  assert.throws(() => encodeArchive([{ tile: { z: 1, x: 2, y: 0 }, bytes }], FACTS), RangeError);
});
