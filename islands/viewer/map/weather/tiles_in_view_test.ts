import assert from "node:assert/strict";
import fc from "fast-check";
import { toMercator } from "../../../../contract/projection.ts";
import { tileBox, type TileId } from "../../../../contract/tile.ts";
import { type Bounds, rangeInTexture, rangeInView, tilesOf, type ViewOfTiles } from "./tiles_in_view.ts";

const CONUS: Bounds = [-134, 21, -60, 53];
/** The last latitude of Web Mercator, as MapLibre writes it. */
const LAST_LATITUDE_DEG = 85.051129;
const WORLD: Bounds = [-180, -90, 180, 90];

const view = (parts: Partial<ViewOfTiles>): ViewOfTiles => ({
  zoom: 4,
  bounds: CONUS,
  tileSizePx: 512,
  nativeZoom: 6,
  coverage: CONUS,
  ...parts,
});
/** Lists the tiles of a view, row by row. */
const tilesInView = (view: ViewOfTiles) => {
  const range = rangeInView(view);
  return range ? tilesOf(range) : [];
};
const zooms = (parts: Partial<ViewOfTiles>) => [...new Set(tilesInView(view(parts)).map(({ z }) => z))];

Deno.test("rangeInView() lists the tiles of a view, from the north, row by row", () => {
  // Washington and Oregon: their tiles at zoom 6 are known from any slippy map.
  assert.deepEqual(tilesInView(view({ zoom: 6, bounds: [-124, 42, -117, 49] })), [
    { z: 6, x: 9, y: 21 },
    { z: 6, x: 10, y: 21 },
    { z: 6, x: 11, y: 21 },
    { z: 6, x: 9, y: 22 },
    { z: 6, x: 10, y: 22 },
    { z: 6, x: 11, y: 22 },
    { z: 6, x: 9, y: 23 },
    { z: 6, x: 10, y: 23 },
    { z: 6, x: 11, y: 23 },
  ]);
});

Deno.test("rangeInView() rounds the zoom by the size of the tiles, and stops at the native zoom", () => {
  assert.deepEqual(zooms({ zoom: 4.49 }), [4]);
  assert.deepEqual(zooms({ zoom: 4.5 }), [5]);
  assert.deepEqual(zooms({ zoom: 4, tileSizePx: 256 }), [5]);
  assert.deepEqual(zooms({ zoom: 4, tileSizePx: 1024 }), [3]);
  assert.deepEqual(zooms({ zoom: 11.7, bounds: [-123, 47, -122, 48] }), [6]);
  assert.deepEqual(zooms({ zoom: 0, tileSizePx: 1024 }), [0]);
});

Deno.test("rangeInView() lists nothing when view and coverage do not overlap", () => {
  assert.deepEqual(tilesInView(view({ bounds: [0, 40, 10, 50] })), []);
  assert.deepEqual(tilesInView(view({ bounds: [-120, 60, -100, 70] })), []);
  assert.deepEqual(tilesInView(view({ bounds: [-60, 30, -50, 40] })), [], "they only touch");
});

Deno.test("rangeInView() lists no tile beyond the world", () => {
  const bounds: Bounds = [-180, -LAST_LATITUDE_DEG, 180, LAST_LATITUDE_DEG];
  assert.deepEqual(tilesInView(view({ zoom: 0, bounds, coverage: WORLD })), [{ z: 0, x: 0, y: 0 }]);
  assert.equal(tilesInView(view({ zoom: 2, bounds, coverage: WORLD })).length, 16);
  assert.equal(tilesInView(view({ zoom: 2, bounds: WORLD, coverage: WORLD })).length, 16);
});

Deno.test("rangeInView() lists each tile that shows a part of the coverage, and no other", () => {
  const longitudes = fc.integer({ min: -180_000, max: 180_000 }).map((value) => value / 1000);
  const latitudes = fc.integer({ min: -85_000, max: 85_000 }).map((value) => value / 1000);
  const boxes = fc.tuple(longitudes, latitudes, longitudes, latitudes).map(([a, b, c, d]): Bounds => [
    Math.min(a, c),
    Math.min(b, d),
    Math.max(a, c),
    Math.max(b, d),
  ]);
  fc.assert(fc.property(boxes, boxes, fc.nat(5), (bounds, coverage, zoom) => {
    const seen = toMercator({
      west: Math.max(bounds[0], coverage[0]),
      south: Math.max(bounds[1], coverage[1]),
      east: Math.min(bounds[2], coverage[2]),
      north: Math.min(bounds[3], coverage[3]),
    });
    // A corner may lie on the edge of a tile to the last digit, where either answer is right.
    const shows = (tile: TileId, marginM: number) => {
      const { westM, southM, eastM, northM } = tileBox(tile);
      return Math.min(seen.eastM, eastM) - Math.max(seen.westM, westM) > marginM &&
        Math.min(seen.northM, northM) - Math.max(seen.southM, southM) > marginM;
    };
    const listed = tilesInView(view({ zoom, bounds, coverage }));
    const names = new Set(listed.map(({ x, y }) => `${x}/${y}`));
    assert.equal(names.size, listed.length);
    for (const tile of listed) assert.ok(shows(tile, -0.01), `${tile.x}/${tile.y} shows nothing`);
    for (let y = 0; y < 2 ** zoom; y++) {
      for (let x = 0; x < 2 ** zoom; x++) {
        if (shows({ z: zoom, x, y }, 0.01)) assert.ok(names.has(`${x}/${y}`), `${x}/${y} is missing`);
      }
    }
  }));
});

Deno.test("rangeInView() continues across the antimeridian", () => {
  const over = view({ zoom: 2, bounds: [170, -10, 200, 10], coverage: WORLD });
  assert.deepEqual(rangeInView(over), { z: 2, x: 3, y: 1, columns: 2, rows: 2 });
  assert.deepEqual(tilesInView(over).map(({ x }) => x), [3, 0, 3, 0]);
  // The same view, one world further west.
  const west = view({ zoom: 2, bounds: [-190, -10, -160, 10], coverage: WORLD });
  assert.deepEqual(rangeInView(west), { z: 2, x: -1, y: 1, columns: 2, rows: 2 });
  assert.deepEqual(tilesInView(west).map(({ x }) => x), [3, 0, 3, 0]);
  // A model of one continent has the same tiles in every copy of the world.
  const conus = tilesInView(view({ bounds: [-120, 30, -110, 40] }));
  assert.deepEqual(tilesInView(view({ bounds: [240, 30, 250, 40] })), conus);
  assert.deepEqual(tilesInView(view({ bounds: [-480, 30, -470, 40] })), conus);
});

Deno.test("rangeInView() lists the world once when several copies are in view", () => {
  const bounds: Bounds = [-400, -85, 400, 85];
  assert.equal(tilesInView(view({ zoom: 1, bounds, coverage: WORLD })).length, 4);
  assert.equal(tilesInView(view({ zoom: 3, bounds })).length, tilesInView(view({ zoom: 3 })).length);
});

Deno.test("rangeInTexture() takes a coarser zoom until the tiles fit, and returns null when none fits", () => {
  const wide = view({ zoom: 6 });
  const whole = rangeInView(wide)!;
  assert.deepEqual(rangeInTexture(wide, 16_384), whole);
  const most = 2048;
  const coarser = rangeInTexture(wide, most)!;
  assert.ok(coarser.z < whole.z);
  assert.ok(Math.max(coarser.columns, coarser.rows) * 512 <= most);
  // A lost card returns nothing, or nonsense.
  for (const lost of [null, 0, NaN]) assert.equal(rangeInTexture(wide, lost), null);
});
