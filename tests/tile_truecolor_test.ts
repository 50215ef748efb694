import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { PNG } from "pngjs";
import { Dataset } from "../builder/gdal/dataset.ts";
import { SpatialReference } from "../builder/gdal/spatial_reference.ts";
import { makeBlockCache, Picture } from "../server/cog/picture.ts";
import { drawTile } from "../server/tile/draw_tile.ts";
import { tempDir } from "./support/temp_dir.ts";

const WORLD_M = 2 * Math.PI * 6378137;
const SIZE = 1024;
/** The picture covers the tiles 4/4/6 and 4/5/6 and some ground around them, a pixel for a pixel. */
const PIXEL_M = WORLD_M / 16 / 512;
const WEST_M = -WORLD_M / 2 + 4 * 512 * PIXEL_M - 100 * PIXEL_M;
const NORTH_M = WORLD_M / 2 - 6 * 512 * PIXEL_M + 50 * PIXEL_M;

/** RGBA of a pixel: smooth in the west, where few colours are, and all different in the east. */
function rgba(column: number, row: number): [number, number, number, number] {
  if ((column + row) % 97 === 0) return [0, 0, 0, 0];
  return column < 512 ? [column >> 4, 0, 200, 255] : [column & 255, row & 255, (column * 7 + row) & 255, 255];
}

Deno.test("a picture of more than 255 colours is drawn as truecolour, pixel for pixel", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/picture.tif`;
  writePicture(path);
  using picture = await Picture.open(path, makeBlockCache(64));
  for (const x of [4, 5]) {
    const bytes = drawTile(picture, { z: 4, x, y: 6 }, 512);
    const png = PNG.sync.read(Buffer.from(bytes));
    for (let j = 0; j < 512; j++) {
      for (let i = 0; i < 512; i++) {
        const column = (x - 4) * 512 + i + 100;
        const row = j + 50;
        const expected = column < SIZE && row < SIZE ? rgba(column, row) : [0, 0, 0, 0];
        const actual = [...png.data.subarray((j * 512 + i) * 4, (j * 512 + i) * 4 + 4)];
        assert.deepEqual(actual, expected, `tile ${x}, pixel ${i}, ${j}`);
      }
    }
  }
});

function writePicture(path: string): void {
  using mercator = SpatialReference.parse("EPSG:3857");
  using dataset = Dataset.inMemory({
    width: SIZE,
    height: SIZE,
    bandCount: 4,
    type: "Byte",
    geoTransform: [WEST_M, PIXEL_M, 0, NORTH_M, 0, -PIXEL_M],
    spatialReference: mercator,
  });
  const pixels = new Uint8Array(SIZE * SIZE * 4);
  for (let row = 0; row < SIZE; row++) {
    for (let column = 0; column < SIZE; column++) pixels.set(rgba(column, row), (row * SIZE + column) * 4);
  }
  (["Red", "Green", "Blue", "Alpha"] as const).forEach((name, i) => dataset.band(i + 1).setColorInterpretation(name));
  dataset.writeInterleaved(pixels);
  dataset.copyTo(path, "COG", { BLOCKSIZE: "512", COMPRESS: "DEFLATE", OVERVIEW_RESAMPLING: "NEAREST" });
}
