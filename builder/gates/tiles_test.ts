import assert from "node:assert/strict";
import { modelGrid } from "../../contract/grid.ts";
import type { ModelId } from "../../contract/identity.ts";
import type { ModelGeometry } from "../../contract/models.ts";
import { toMercator } from "../../contract/projection.ts";
import { overviewFactors, reducedSize } from "../../contract/pyramid.ts";
import { frameTiles, tilesOfGrid } from "../frame/frame_tiles.ts";
import { type ArchiveTile, encodeArchive } from "../pmtiles/encode_archive.ts";
import { Archive } from "../pmtiles/read_archive.ts";
import type { NumberedImage } from "../style/palette_numbers.ts";
import { readTilePng } from "../tiles/read_tile_png.ts";
import { GateError } from "./gate_error.ts";
import { checkArchive, checkTile, openTiles } from "./tiles.ts";

const COVERAGE = { west: -100, south: 30, east: -90, north: 40 };
const MODEL: ModelGeometry = {
  id: "small" as ModelId,
  nature: "forecast",
  name: "Small",
  description: "A model of a small grid",
  attribution: "Nobody",
  staleAfterHours: 1,
  coverage: COVERAGE,
  grid: modelGrid(toMercator(COVERAGE), 9000, 1),
  alignmentPx: 1,
};
const COLORS = new Uint32Array(Uint8Array.of(0, 0, 0, 0, 1, 2, 3, 255, 250, 100, 0, 255).buffer);
const TEXT = { name: "Test", attribution: "Nobody" };

/** The images of a pyramid, whose pixels have numbers from 0 to 2. */
function images(numberAt: (i: number) => number): NumberedImage[] {
  return [1, ...overviewFactors(MODEL.grid)].map((factor) => {
    const { width, height } = reducedSize(MODEL.grid, factor);
    return { width, height, numbers: Uint8Array.from({ length: width * height }, (_, i) => numberAt(i)) };
  });
}

const PICTURE = images((i) => (i * 7919 >> 5) % 3);
const ARCHIVE = frameTiles(MODEL, PICTURE, COLORS, TEXT);

const WHOLE = new Archive(ARCHIVE);
const TILES: readonly ArchiveTile[] = tilesOfGrid(MODEL).map((tile) => ({ tile, bytes: WHOLE.tile(tile)! }));
const PALETTE = new Uint8Array(COLORS.buffer);

/** Runs a gate, and returns the rule that it names, or "passed". */
function outcome(gate: () => void): string {
  try {
    gate();
    return "passed";
  } catch (error) {
    assert.ok(error instanceof GateError, String(error));
    assert.equal(error.gate, "tiles");
    return error.rule;
  }
}

const ofArchive = (bytes: Uint8Array<ArrayBuffer>) => outcome(() => checkArchive(openTiles(bytes, MODEL), TILES));

/** Encodes an archive of tiles of the model. */
function archiveOf(tiles: readonly ArchiveTile[], maxZoom = WHOLE.header.maxZoom): Uint8Array<ArrayBuffer> {
  return encodeArchive(tiles, { box: COVERAGE, minZoom: 0, maxZoom, center: WHOLE.header.center, metadata: {} });
}

Deno.test("checkTile() passes the tile of its numbers, and names the pixel or the entry that differs", () => {
  for (const each of TILES) {
    const { numbers } = readTilePng(each.bytes);
    assert.equal(outcome(() => checkTile(each, numbers, PALETTE)), "passed");
  }
  const last = TILES.at(-1)!;
  const { numbers } = readTilePng(last.bytes);
  for (const at of [0, 511, 512, 100_000, numbers.length - 1]) {
    const changed = numbers.slice();
    changed[at] = (changed[at]! + 1) % 3;
    assert.throws(() => checkTile(last, changed, PALETTE), new RegExp(`palette numbers of tile .* in pixel ${at},`));
  }
  const otherColors = PALETTE.slice();
  otherColors[8]! ^= 1;
  assert.match(outcome(() => checkTile(last, numbers, otherColors)), /^palette entry 2 of tile/);
  assert.match(outcome(() => checkTile(last, numbers, PALETTE.slice(0, 8))), /^entries of the palette of tile/);
});

Deno.test("checkTile() finds every changed byte of a tile, and a tile cut short", () => {
  const { tile, bytes } = TILES.at(-1)!;
  const { numbers } = readTilePng(bytes);
  const check = (changed: Uint8Array<ArrayBuffer>) =>
    outcome(() => checkTile({ tile, bytes: changed }, numbers, PALETTE));
  for (let i = 0; i < 200; i++) {
    const damaged = bytes.slice();
    damaged[Math.floor(i * bytes.length / 200)]! ^= 0x40;
    assert.notEqual(check(damaged), "passed", `byte ${Math.floor(i * bytes.length / 200)}`);
  }
  for (const length of [0, 7, 8, 40, bytes.length - 1]) {
    assert.equal(check(bytes.slice(0, length)), "archive is readable");
  }
});

Deno.test("checkArchive() names what an archive lacks", () => {
  assert.equal(ofArchive(ARCHIVE), "passed");
  assert.equal(ofArchive(archiveOf(TILES.slice(1))), "number of tiles");
  assert.equal(ofArchive(archiveOf(TILES, 9)), "zooms");
  // A neighbour in place of a tile: the number of tiles is right.
  const { tile: { z, x, y }, bytes } = TILES.at(-1)!;
  assert.equal(
    ofArchive(archiveOf([...TILES.slice(0, -1), { tile: { z, x: x + 1, y }, bytes }])),
    "every tile is there",
  );
  const swapped = [...TILES.slice(0, -2), { ...TILES.at(-2)!, bytes }, {
    ...TILES.at(-1)!,
    bytes: TILES.at(-2)!.bytes,
  }];
  assert.match(ofArchive(archiveOf(swapped)), /^bytes of tile/);
});

Deno.test("checkArchive() finds changed bytes of an archive's header and tiles, and an archive cut short", () => {
  const { tileData } = WHOLE.header;
  const positions = [
    ...Array.from({ length: 24 }, (_, at) => at), // magic, version, root directory
    ...Array.from({ length: 100 }, (_, i) => tileData.offset + Math.floor(i * tileData.length / 100)),
  ];
  for (const at of positions) {
    const damaged = ARCHIVE.slice();
    damaged[at]! ^= 0x40;
    assert.notEqual(ofArchive(damaged), "passed", `byte ${at}`);
  }
  for (const length of [0, 100, tileData.offset + 10, ARCHIVE.length - 1]) {
    assert.equal(ofArchive(ARCHIVE.slice(0, length)), "archive is readable");
  }
});
