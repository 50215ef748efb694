import assert from "node:assert/strict";
import type { Map as MapLibreMap } from "maplibre-gl";
import { rangeOnMap, type TileGrid } from "./view_range.ts";

const GRID: TileGrid = { tileSizePx: 512, nativeZoom: 6, coverage: [-180, -85, 180, 85] };

/** Makes a map of the north-western quarter of the world, with a margin, on a card with a largest texture. */
function mapAt(zoom: number, largestTexturePx: number | null): MapLibreMap {
  const gl = { MAX_TEXTURE_SIZE: 0x0d33, getParameter: (name: number) => name === 0x0d33 ? largestTexturePx : null };
  return {
    getZoom: () => zoom,
    getBounds: () => ({ getWest: () => -179, getSouth: () => 1, getEast: () => -1, getNorth: () => 84 }),
    getCanvas: () => ({ getContext: () => gl }),
  } as unknown as MapLibreMap;
}

Deno.test("rangeOnMap() takes zoom and bounds of the map: a quarter of the world is 4 × 4 tiles at zoom 3", () => {
  assert.deepEqual(rangeOnMap(mapAt(3, 4096), GRID), { z: 3, x: 0, y: 0, columns: 4, rows: 4 });
});

Deno.test("rangeOnMap() takes larger pixels when the card has no texture of the view's size", () => {
  // 4 tiles of 512 px are 2048 px; at zoom 2 they are 2 tiles, and 1024 px.
  assert.deepEqual(rangeOnMap(mapAt(3, 2047), GRID), { z: 2, x: 0, y: 0, columns: 2, rows: 2 });
});

Deno.test("rangeOnMap() is null when the model has nothing in view, or the graphics card is lost", () => {
  assert.equal(rangeOnMap(mapAt(3, 4096), { ...GRID, coverage: [10, -85, 20, 85] }), null);
  assert.equal(rangeOnMap(mapAt(3, null), GRID), null);
});
