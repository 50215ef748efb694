import assert from "node:assert/strict";
import { type Picture, writePicture } from "../../tests/support/picture.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { BadArtifactError } from "../errors.ts";
import { CogFile, readAt } from "./cog_file.ts";

/** 600 × 300 pixels of 100 m, with nothing in the last 88 columns. */
const PICTURE: Picture = {
  width: 600,
  height: 300,
  westM: 1000,
  northM: 5000,
  pixelM: 100,
  rgba: (column, row) => column < 512 ? [column & 255, row & 255, 9, 255] : [0, 0, 0, 0],
};
const TILES = { TILED: "YES", COMPRESS: "DEFLATE" };

Deno.test("CogFile has the full image and its overviews over one box, with blocks in row-major order", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/picture.tif`;
  writePicture(path, PICTURE, { options: { BLOCKSIZE: "256" } });
  using file = await CogFile.open(path);
  assert.deepEqual(file.box, { westM: 1000, northM: 5000, eastM: 61_000, southM: -25_000 });
  assert.deepEqual(
    file.levels.map(({ width, height, pixelWidthM, blocksAcross, blocksDown, offsets }) => [
      width,
      height,
      pixelWidthM,
      blocksAcross,
      blocksDown,
      offsets.length,
    ]),
    [[600, 300, 100, 3, 2, 6], [300, 150, 200, 2, 1, 2], [150, 75, 400, 1, 1, 1]],
  );
});

Deno.test("readBlock() returns the pixels of a block, bands together, and null for a block that was omitted", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/picture.tif`;
  writePicture(path, PICTURE, { options: { BLOCKSIZE: "256", SPARSE_OK: "TRUE" } });
  using file = await CogFile.open(path);
  const [level] = file.levels;
  const second = file.readBlock(level!, 1)!; // columns 256 to 511
  assert.equal(second.length, 256 * 256 * 4);
  const pixel = (column: number, row: number) => [...second.subarray((row * 256 + column) * 4).subarray(0, 4)];
  assert.deepEqual([pixel(0, 0), pixel(3, 2)], [[0, 0, 9, 255], [3, 2, 9, 255]]);
  assert.equal(file.readBlock(level!, 2), null); // columns 512 to 599
});

Deno.test("CogFile.open() refuses other compressions, strips, predictors and oversized or oblong tiles", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/picture.tif`;
  for (
    const [options, reason] of [
      [{ ...TILES, COMPRESS: "LZW" }, /not a deflated, tiled GeoTIFF .*: compression 5, predictor 1$/],
      [{ ...TILES, PREDICTOR: "2" }, /compression 8, predictor 2$/],
      [{ COMPRESS: "DEFLATE" }, /not a deflated, tiled GeoTIFF/],
      [{ ...TILES, BLOCKXSIZE: "256", BLOCKYSIZE: "128" }, /has tiles of 256 × 128 pixels: expected squares/],
      [{ ...TILES, BLOCKXSIZE: "2048", BLOCKYSIZE: "2048" }, /expected squares of at most 1024$/],
    ] as const
  ) {
    writePicture(path, PICTURE, { driver: "GTiff", options });
    await assert.rejects(CogFile.open(path), (error: unknown) => {
      assert.ok(error instanceof BadArtifactError);
      assert.match(error.message, reason);
      return true;
    });
  }
  await assert.rejects(CogFile.open(folder.path), BadArtifactError);
});

Deno.test("readAt() reads bytes at an offset, and refuses a file that ends before them", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/bytes`;
  await Deno.writeFile(path, Uint8Array.of(10, 11, 12, 13, 14));
  using file = await Deno.open(path);
  assert.deepEqual([...readAt(file, 3, 2)], [13, 14]);
  assert.deepEqual([...readAt(file, 0, 1)], [10]);
  assert.throws(() => readAt(file, 3, 5), /^BadArtifactError: The file ends 3 bytes before a block does$/);
});
