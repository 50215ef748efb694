import assert from "node:assert/strict";
import { tileBox } from "../../contract/tile.ts";
import { intersects } from "./intersects.ts";

Deno.test("intersects() requires a common area, not just an edge or a corner", () => {
  // Corners at the middle of the world, which floating point represents exactly.
  const box = tileBox({ z: 1, x: 0, y: 0 });
  assert.equal(intersects({ z: 1, x: 0, y: 0 }, box), true);
  assert.equal(intersects({ z: 0, x: 0, y: 0 }, box), true);
  assert.equal(intersects({ z: 5, x: 15, y: 15 }, box), true);
  for (const [x, y] of [[1, 0], [0, 1], [1, 1]] as const) {
    assert.equal(intersects({ z: 1, x, y }, box), false, `${x}/${y}`);
    assert.equal(intersects({ z: 5, x: 15 + x, y: 15 + y }, box), false, `${x}/${y} of zoom 5`);
  }
});
