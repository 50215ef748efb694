import assert from "node:assert/strict";
import { MERCATOR_HALF_SIDE_M } from "../../contract/projection.ts";
import type { TileId } from "../../contract/tile.ts";
import { type Rgba, writePicture } from "../../tests/support/picture.ts";
import { PNG_DECODERS } from "../../tests/support/png_decoders.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { makeBlockCache } from "../cog/block_cache.ts";
import { RgbaCog } from "../cog/rgba_cog.ts";
import { drawTile } from "./draw_tile.ts";

/** Pixels of a tile of zoom 5 that is 32 pixels wide. */
const PIXEL_M = MERCATOR_HALF_SIDE_M / 16 / 32;
const SIZE = 20;
const CLEAR: Rgba = [0, 0, 0, 0];
const PALETTE = 3;
const TRUECOLOR_ALPHA = 6;

/** 100 colours: squares of two by two pixels. */
const squares = (column: number, row: number): Rgba => [column >> 1, row >> 1, 200, 255];
/** 256 colours, all of them in the first block: the other blocks are indexed, since they have few. */
const tooMany = (column: number, row: number): Rgba => [column % 16, row % 16, 200, 255];

/**
 * Opens a picture of 20 × 20 pixels, whose north-western corner is the middle of the world, at the corner of the tile
 * 5/16/16. Its blocks of 16 pixels are four: the tile covers parts of all of them.
 */
async function opened(
  rgba: (column: number, row: number) => Rgba,
): Promise<{ readonly cog: RgbaCog } & AsyncDisposable> {
  const folder = await tempDir();
  const path = `${folder.path}/picture.tif`;
  writePicture(path, { width: SIZE, height: SIZE, westM: 0, northM: 0, pixelM: PIXEL_M, rgba }, {
    driver: "GTiff",
    options: { TILED: "YES", BLOCKXSIZE: "16", BLOCKYSIZE: "16", COMPRESS: "DEFLATE" },
  });
  const cog = await RgbaCog.open(path, makeBlockCache(1));
  return {
    cog,
    [Symbol.asyncDispose]: async () => {
      cog[Symbol.dispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Draws a tile of 32 × 32 pixels, and compares each with the picture's pixel at the place that `at` returns. */
async function assertPixels(
  cog: RgbaCog,
  tile: TileId,
  rgba: (column: number, row: number) => Rgba,
  at: (i: number) => number,
): Promise<void> {
  const pixels = await PNG_DECODERS["pngjs"]!(drawTile(cog, tile, 32));
  const inside = (place: number) => place >= 0 && place < SIZE;
  for (let j = 0; j < 32; j++) {
    for (let i = 0; i < 32; i++) {
      const [column, row] = [at(i), at(j)];
      const expected = inside(column) && inside(row) ? rgba(column, row) : CLEAR;
      assert.deepEqual([...pixels.subarray((j * 32 + i) * 4).subarray(0, 4)], expected, `pixel ${i}, ${j}`);
    }
  }
}

const kindOf = (png: Uint8Array) => png[25]; // colour type in IHDR, after the signature, width, height and depth

for (const [kind, rgba] of [["palette", squares], ["truecolour", tooMany]] as const) {
  Deno.test(`drawTile() takes the pixel under each pixel's centre, clear outside the picture, as ${kind}`, async () => {
    await using picture = await opened(rgba);
    const { cog } = picture;
    const colorType = kind === "palette" ? PALETTE : TRUECOLOR_ALPHA;
    assert.equal(kindOf(drawTile(cog, { z: 5, x: 16, y: 16 }, 32)), colorType);
    await assertPixels(cog, { z: 5, x: 16, y: 16 }, rgba, (i) => i);
    await assertPixels(cog, { z: 6, x: 32, y: 32 }, rgba, (i) => Math.floor(i / 2)); // twice as large
    await assertPixels(cog, { z: 6, x: 33, y: 33 }, rgba, (i) => 16 + Math.floor(i / 2));
    await assertPixels(cog, { z: 5, x: 15, y: 15 }, rgba, (i) => i - 32); // clear
  });
}

Deno.test("drawTile() gives a tile the same bytes, whatever tiles of the picture were drawn before", async () => {
  await using fresh = await opened(squares);
  await using used = await opened(squares);
  drawTile(used.cog, { z: 6, x: 33, y: 33 }, 32);
  const tile = { z: 6, x: 32, y: 32 };
  assert.deepEqual(drawTile(used.cog, tile, 32), drawTile(fresh.cog, tile, 32));
});
