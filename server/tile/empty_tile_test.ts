import assert from "node:assert/strict";
import { PNG_DECODERS } from "../../tests/support/png_decoders.ts";
import { checkPng } from "./check_png.ts";
import { emptyTile } from "./empty_tile.ts";

Deno.test("emptyTile() is a transparent PNG of the requested size, and is made once", async () => {
  for (const sizePx of [256, 512]) {
    const png = emptyTile(sizePx);
    checkPng(png, sizePx);
    const pixels = await PNG_DECODERS["pngjs"]!(png);
    assert.equal(pixels.length, sizePx ** 2 * 4);
    assert.ok(pixels.every((channel) => channel === 0));
    assert.equal(emptyTile(sizePx), png);
  }
});
