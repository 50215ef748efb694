import assert from "node:assert/strict";
import { PNG_DECODERS } from "../../tests/support/png_decoders.ts";
import { checkPng } from "./check_png.ts";
import { PNG_FILTER } from "../../contract/png.ts";
import { encodePalettePng, encodeTruecolorPng } from "./png.ts";

/** Makes RGBA words in memory order. */
const colors = (...rgba: readonly number[]) => new Uint32Array(Uint8Array.from(rgba).buffer);

/** Names of the chunks of a PNG, in their order. */
function chunksOf(png: Uint8Array<ArrayBuffer>): string[] {
  const view = new DataView(png.buffer);
  const names: string[] = [];
  for (let at = 8; at < png.length; at += 12 + view.getUint32(at)) {
    names.push(new TextDecoder().decode(png.subarray(at + 4, at + 8)));
  }
  return names;
}

Deno.test("encodePalettePng() writes palette numbers whose rows are filtered, as four other decoders read them", async () => {
  const rows = [
    [PNG_FILTER.none, 1, 2, 0],
    [PNG_FILTER.sub, 2, -1, -1], // 2, 1, 0
    [PNG_FILTER.up, 0, 0, 0], // as above
  ];
  const filtered = Uint8Array.from(rows.flat());
  const png = encodePalettePng(3, 3, filtered, colors(0, 0, 0, 0, 10, 20, 30, 255, 40, 50, 60, 128));
  const [clear, opaque, half] = [[0, 0, 0, 0], [10, 20, 30, 255], [40, 50, 60, 128]];
  const expected = [[opaque, half, clear], [half, opaque, clear], [half, opaque, clear]].flat(2);
  for (const [name, decode] of Object.entries(PNG_DECODERS)) assert.deepEqual([...await decode(png)], expected, name);
  assert.deepEqual(chunksOf(png), ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]);
  checkPng(png, 3);
});

Deno.test("encodePalettePng() leaves out the transparency of an opaque picture", () => {
  const png = encodePalettePng(1, 1, Uint8Array.of(PNG_FILTER.none, 0), colors(10, 20, 30, 255));
  assert.deepEqual(chunksOf(png), ["IHDR", "PLTE", "IDAT", "IEND"]);
});

Deno.test("encodeTruecolorPng() writes RGBA pixels, as four other decoders read them", async () => {
  const [above, below] = [[1, 2, 3, 255, 4, 5, 6, 7], [8, 9, 10, 255, 11, 12, 13, 255]];
  const png = encodeTruecolorPng(2, 2, Uint8Array.from([PNG_FILTER.none, ...above, PNG_FILTER.none, ...below]));
  for (const [name, decode] of Object.entries(PNG_DECODERS)) {
    assert.deepEqual([...await decode(png)], [...above, ...below], name);
  }
  checkPng(png, 2);
});
