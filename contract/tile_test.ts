import assert from "node:assert/strict";
import { modelGeometry } from "./models.ts";
import { MERCATOR_HALF_SIDE_M } from "./projection.ts";
import { MAX_ZOOM, nativeZoom, tileBox, tileIdSchema, tileResolutionM, tilesOver } from "./tile.ts";

Deno.test("tileIdSchema accepts every corner of every zoom and nothing beyond", () => {
  for (let z = 0; z <= MAX_ZOOM; z++) {
    const last = String(2 ** z - 1);
    assert.deepEqual(tileIdSchema.parse({ z: String(z), x: last, y: "0" }), { z, x: Number(last), y: 0 });
    const beyond = String(2 ** z);
    assert.equal(tileIdSchema.safeParse({ z: String(z), x: beyond, y: "0" }).success, false);
    assert.equal(tileIdSchema.safeParse({ z: String(z), x: "0", y: beyond }).success, false);
  }
  for (const z of ["15", "-1", "1.5", "01", "1e1", "", "99999"]) {
    assert.equal(tileIdSchema.safeParse({ z, x: "0", y: "0" }).success, false, z);
  }
});

Deno.test("tileBox() divides the world without gaps", () => {
  assert.deepEqual(tileBox({ z: 0, x: 0, y: 0 }), {
    westM: -MERCATOR_HALF_SIDE_M,
    northM: MERCATOR_HALF_SIDE_M,
    eastM: MERCATOR_HALF_SIDE_M,
    southM: -MERCATOR_HALF_SIDE_M,
  });
  const here = tileBox({ z: 6, x: 10, y: 22 });
  const east = tileBox({ z: 6, x: 11, y: 22 });
  const south = tileBox({ z: 6, x: 10, y: 23 });
  assert.ok(Math.abs(here.eastM - east.westM) < 1e-6);
  assert.ok(Math.abs(here.southM - south.northM) < 1e-6);
});

Deno.test("nativeZoom() returns the first zoom with pixels no larger than the grid's", () => {
  const grid = modelGeometry("hrrr")!.grid;
  for (const size of [256, 512]) {
    const zoom = nativeZoom(grid, size);
    assert.ok(tileResolutionM(zoom, size) <= grid.pixelSizeM);
    assert.ok(tileResolutionM(zoom - 1, size) > grid.pixelSizeM);
  }
});

Deno.test("tilesOver() returns the tiles that overlap a box, whether or not the box ends at a tile's edge", () => {
  const at = (z: number, x: number, y: number) => tileBox({ z, x, y });
  const boxes = [
    modelGeometry("hrrr")!.grid,
    { ...at(4, 3, 5), eastM: at(4, 4, 5).eastM }, // exactly two tiles of zoom 4
    { westM: -1, southM: -1, eastM: 1, northM: 1 },
    at(0, 0, 0),
  ];
  for (const box of boxes) {
    for (let z = 0; z <= 6; z++) {
      const { firstX, lastX, firstY, lastY } = tilesOver(box, z);
      for (let x = 0; x < 2 ** z; x++) {
        for (let y = 0; y < 2 ** z; y++) {
          const { westM, eastM, southM, northM } = at(z, x, y);
          const [widthM, heightM] = [
            Math.min(eastM, box.eastM) - Math.max(westM, box.westM),
            Math.min(northM, box.northM) - Math.max(southM, box.southM),
          ];
          const shares = widthM > 1e-6 && heightM > 1e-6;
          assert.equal(x >= firstX && x <= lastX && y >= firstY && y <= lastY, shares, `${z}/${x}/${y}`);
        }
      }
    }
  }
});
