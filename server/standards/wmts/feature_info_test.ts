import assert from "node:assert/strict";
import { mercatorX, mercatorY } from "../../../contract/projection.ts";
import { tileBox } from "../../../contract/tile.ts";
import { pixelCentre } from "./feature_info.ts";

Deno.test("pixelCentre() returns the centre of a pixel, counted from a tile's north-western corner", () => {
  const tile = { z: 5, x: 7, y: 12 };
  const { westM, northM, eastM } = tileBox(tile);
  const pixelM = (eastM - westM) / 256;
  for (const [i, j] of [[0, 0], [3, 4], [255, 255]] as const) {
    const { latDeg, lonDeg } = pixelCentre(tile, 256, { i, j });
    assert.ok(Math.abs(mercatorX(lonDeg) - (westM + (i + 0.5) * pixelM)) < 1e-3);
    assert.ok(Math.abs(mercatorY(latDeg) - (northM - (j + 0.5) * pixelM)) < 1e-3);
  }
});
