import { frameOf } from "../../../../contract/identity.ts";
import assert from "node:assert/strict";
import { frameVersionSchema } from "../../../../contract/frame_version.ts";
import { EXAMPLE_SIDECAR } from "../../../../tests/support/example_sidecar.ts";
import { tileAddress } from "./tile_address.ts";

Deno.test("tileAddress() names frame and tile, and the version of a frame that has one", () => {
  const frame = frameOf(EXAMPLE_SIDECAR);
  const tile = { z: 5, x: 7, y: 12 };
  assert.equal(tileAddress(frame, tile), "/tiles/v3/hrrr/20260217_06z/tmp2m/3/5/7/12.png");
  const v = frameVersionSchema.parse("0123456789ab");
  assert.equal(tileAddress({ ...frame, v }, tile), "/tiles/v3/hrrr/20260217_06z/tmp2m/3/5/7/12.png?v=0123456789ab");
});
