import { Buffer } from "node:buffer";
import type { ModelGeometry } from "../../contract/models.ts";
import { ArchiveError } from "../../contract/pmtiles/archive_error.ts";
import { nativeZoom, type TileId } from "../../contract/tile.ts";
import type { ArchiveTile } from "../pmtiles/encode_archive.ts";
import { Archive } from "../pmtiles/read_archive.ts";
import { BadTileError, readTilePng, type TilePixels } from "../tiles/read_tile_png.ts";
import { TILE_SIZE_PX } from "../tiles/tile_png.ts";
import { GateError } from "./gate_error.ts";

/** Opens a frame's archive and checks that it is as the contract describes. @throws GateError */
export function openTiles(bytes: Uint8Array<ArrayBuffer>, { grid }: Pick<ModelGeometry, "grid">): Archive {
  const archive = readable(() => new Archive(bytes));
  const { tileType, tileCompression, minZoom, maxZoom } = archive.header;
  require("tile type", tileType, "png");
  require("compression of tiles", tileCompression, "none");
  require("zooms", `${minZoom} to ${maxZoom}`, `0 to ${nativeZoom(grid, TILE_SIZE_PX)}`);
  return archive;
}

/**
 * Checks that a tile reads back as a palette and palette numbers.
 * @param numbers row-major, row 0 north
 * @param palette four bytes for each entry: red, green, blue, alpha
 * @throws GateError
 */
export function checkTile({ tile, bytes }: ArchiveTile, numbers: Uint8Array<ArrayBuffer>, palette: Uint8Array): void {
  const name = nameOf(tile);
  const pixels = readable(() => readTilePng(bytes));
  checkPalette(name, pixels, palette);
  checkNumbers(name, pixels.numbers, numbers);
}

/** Checks that an archive has these tiles, byte by byte, and no others. @throws GateError */
export function checkArchive(archive: Archive, tiles: readonly ArchiveTile[]): void {
  require("number of tiles", archive.header.addressedTiles, tiles.length);
  for (const { tile, bytes } of tiles) {
    const found = readable(() => archive.tile(tile));
    if (found === null) fail("every tile is there", `no tile ${nameOf(tile)}`, `${tiles.length} tiles`);
    if (Buffer.compare(found, bytes) !== 0) {
      fail(`bytes of tile ${nameOf(tile)}`, `${found.length} other bytes`, `the ${bytes.length} that were encoded`);
    }
  }
}

function nameOf({ z, x, y }: TileId): string {
  return `${z}/${x}/${y}`;
}

function checkPalette(name: string, pixels: TilePixels, expected: Uint8Array): void {
  const entries = expected.length / 4;
  require(`entries of the palette of tile ${name}`, pixels.palette.length / 3, entries);
  for (let i = 0; i < expected.length; i++) {
    const channel = i % 4;
    const entry = (i - channel) / 4;
    const found = channel === 3 ? pixels.alpha[entry] ?? 255 : pixels.palette[entry * 3 + channel]!;
    if (found !== expected[i]) fail(`palette entry ${entry} of tile ${name}`, String(found), String(expected[i]));
  }
}

function checkNumbers(name: string, found: Uint8Array<ArrayBuffer>, expected: Uint8Array<ArrayBuffer>): void {
  const [read, meant] = [found, expected].map(({ buffer, byteOffset, length }) =>
    new Uint32Array(buffer, byteOffset, length / 4)
  ) as [Uint32Array, Uint32Array];
  for (let i = 0; i < meant.length; i++) {
    if (read[i] === meant[i]) continue;
    const pixel = found.findIndex((number, at) => number !== expected[at]);
    fail(`palette numbers of tile ${name}`, `${found[pixel]} in pixel ${pixel}`, String(expected[pixel]));
  }
}

/** Reports damaged bytes as a failed gate. */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ArchiveError || error instanceof BadTileError)) throw error;
    fail("archive is readable", error.message, "an undamaged archive");
  }
}

function require(rule: string, measured: string | number, limit: string | number): void {
  if (measured !== limit) fail(rule, String(measured), String(limit));
}

function fail(rule: string, measured: string, limit: string): never {
  throw new GateError("tiles", rule, measured, limit);
}
