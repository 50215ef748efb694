import assert from "node:assert/strict";
import fc from "fast-check";
import { tileIdToZxy, zxyToTileId } from "pmtiles";
import { MAX_NUMBERED_ZOOM, TILE_NUMBER_END, tileNumber, tileOfNumber } from "./tile_number.ts";

const tiles = fc.integer({ min: 0, max: MAX_NUMBERED_ZOOM }).chain((z) => {
  const index = fc.integer({ min: 0, max: 2 ** z - 1 });
  return fc.tuple(index, index).map(([x, y]) => ({ z, x, y }));
});

Deno.test("tileNumber() follows the curve of the specification through zooms 0 to 2", () => {
  const found = Array.from({ length: 7 }, (_, number) => tileOfNumber(number));
  assert.deepEqual(found.map(({ z, x, y }) => `${z}/${x}/${y}`), [
    "0/0/0",
    "1/0/0",
    "1/0/1",
    "1/1/1",
    "1/1/0",
    "2/0/0",
    "2/1/0",
  ]);
});

Deno.test("tileNumber() and tileOfNumber() undo each other", () => {
  fc.assert(fc.property(tiles, (tile) => assert.deepEqual(tileOfNumber(tileNumber(tile)), tile)));
  fc.assert(fc.property(
    fc.integer({ min: 0, max: TILE_NUMBER_END - 1 }),
    (number) => assert.equal(tileNumber(tileOfNumber(number)), number),
  ));
});

Deno.test("tileNumber() numbers the tiles of a zoom without a gap, each beside the one before", () => {
  for (let number = 22; number < 5461; number++) {
    const [before, tile] = [tileOfNumber(number - 1), tileOfNumber(number)];
    if (before.z !== tile.z) continue;
    assert.equal(Math.abs(before.x - tile.x) + Math.abs(before.y - tile.y), 1, `number ${number}`);
  }
});

Deno.test("tileNumber() and tileOfNumber() agree with the reader of the format's authors", () => {
  fc.assert(fc.property(tiles, (tile) => {
    const number = zxyToTileId(tile.z, tile.x, tile.y);
    assert.equal(tileNumber(tile), number);
    assert.deepEqual(tileIdToZxy(number), [tile.z, tile.x, tile.y]);
  }));
});

Deno.test("tileNumber() and tileOfNumber() refuse what is no tile", () => {
  const last = 2 ** MAX_NUMBERED_ZOOM - 1;
  assert.equal(tileNumber({ z: MAX_NUMBERED_ZOOM, x: last, y: 0 }), TILE_NUMBER_END - 1);
  for (const [z, x, y] of [[-1, 0, 0], [27, 0, 0], [1, 2, 0], [1, 0, 2], [1, -1, 0], [1, 0.5, 0]] as const) {
    assert.throws(() => tileNumber({ z, x, y }), RangeError, `${z}/${x}/${y}`);
  }
  for (const number of [-1, 0.5, NaN, TILE_NUMBER_END]) assert.throws(() => tileOfNumber(number), RangeError);
});
