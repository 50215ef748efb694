import assert from "node:assert/strict";
import { modelGrid } from "../../contract/grid.ts";
import type { ModelId } from "../../contract/identity.ts";
import type { ModelGeometry } from "../../contract/models.ts";
import { toMercator } from "../../contract/projection.ts";
import { overviewFactors, reducedSize } from "../../contract/pyramid.ts";
import { frameTiles, TileGatherer, tilesOfGrid } from "../frame/frame_tiles.ts";
import { encodeArchive } from "../pmtiles/encode_archive.ts";
import { Archive } from "../pmtiles/read_archive.ts";
import type { NumberedImage } from "../style/palette_numbers.ts";
import { GateError } from "./gate_error.ts";
import { checkTiles, openTiles } from "./tiles.ts";

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

/** Runs the gate, and returns the rule that it names, or "passed". */
function outcome(archive: Uint8Array, picture = PICTURE, colors = COLORS): string {
  const gatherer = new TileGatherer(MODEL, picture);
  try {
    checkTiles(openTiles(archive, MODEL), {
      tiles: tilesOfGrid(MODEL),
      gather: (tile) => gatherer.gather(tile),
      colors,
    });
    return "passed";
  } catch (error) {
    assert.ok(error instanceof GateError, String(error));
    assert.equal(error.gate, "tiles");
    return error.rule;
  }
}

Deno.test("checkTiles() passes the archive of the picture", () => {
  assert.equal(outcome(ARCHIVE), "passed");
});

Deno.test("checkTiles() names the rule that each kind of damage breaks", () => {
  const tiles = tilesOfGrid(MODEL);
  const whole = new Archive(ARCHIVE);
  const archiveOf = (some: typeof tiles, maxZoom = whole.header.maxZoom) =>
    encodeArchive(some.map((tile) => ({ tile, bytes: whole.tile(tile)! })), {
      box: COVERAGE,
      minZoom: 0,
      maxZoom,
      center: whole.header.center,
      metadata: {},
    });
  assert.equal(outcome(archiveOf(tiles)), "passed");
  assert.equal(outcome(archiveOf(tiles.slice(1))), "number of tiles");
  assert.equal(outcome(archiveOf(tiles, 9)), "zooms");
  // A neighbour in place of a tile: the number of tiles is right.
  const { z, x, y } = tiles.at(-1)!;
  const beside = { tile: { z, x: x + 1, y }, bytes: whole.tile({ z, x, y })! };
  const others = tiles.slice(0, -1).map((tile) => ({ tile, bytes: whole.tile(tile)! }));
  const facts = { box: COVERAGE, minZoom: 0, maxZoom: z, center: whole.header.center, metadata: {} };
  assert.equal(outcome(encodeArchive([...others, beside], facts)), "every tile is there");

  const last = PICTURE[0]!.numbers.length >> 1;
  const changed = PICTURE.map((image) => ({ ...image, numbers: image.numbers.slice() }));
  changed[0]!.numbers[last] = (changed[0]!.numbers[last]! + 1) % 3;
  assert.match(outcome(ARCHIVE, changed), /^palette numbers of tile/);
  const otherColors = COLORS.slice();
  otherColors[2]! ^= 1;
  assert.match(outcome(ARCHIVE, PICTURE, otherColors), /^palette entry 2 of tile 0\/0\/0$/);
  assert.match(outcome(ARCHIVE, PICTURE, COLORS.slice(0, 2)), /^entries of the palette of tile/);
});

Deno.test("checkTiles() finds changed bytes of an archive's header and tiles, and an archive cut short", () => {
  const { tileData } = new Archive(ARCHIVE).header;
  const positions = [
    ...Array.from({ length: 24 }, (_, at) => at), // magic, version, root directory
    ...Array.from({ length: 100 }, (_, i) => tileData.offset + Math.floor(i * tileData.length / 100)),
  ];
  for (const at of positions) {
    const damaged = ARCHIVE.slice();
    damaged[at]! ^= 0x40;
    assert.notEqual(outcome(damaged), "passed", `byte ${at}`);
  }
  for (const length of [0, 100, tileData.offset + 10, ARCHIVE.length - 1]) {
    assert.equal(outcome(ARCHIVE.slice(0, length)), "archive is readable");
  }
});
