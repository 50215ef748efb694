import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { PNG } from "pngjs";
import { makeBlockCache } from "../server/cog/block_cache.ts";
import { RgbaCog } from "../server/cog/rgba_cog.ts";
import { drawTile } from "../server/tile/draw_tile.ts";
import { tempDir } from "./support/temp_dir.ts";
import { rgba, SIZE, writeTruecolorPicture } from "./support/truecolor_picture.ts";

Deno.test("an RGBA COG of more than 255 colours is drawn as truecolour, pixel for pixel", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/picture.tif`;
  writeTruecolorPicture(path);
  using picture = await RgbaCog.open(path, makeBlockCache(64));
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
