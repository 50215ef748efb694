import assert from "node:assert/strict";
import { type FrameId, frameName } from "../../contract/identity.ts";
import { leadOfHours } from "../../contract/lead.ts";
import { rootsBelow } from "../../contract/paths.ts";
import type { TileId } from "../../contract/tile.ts";
import { fakeClock } from "../../tests/support/fake_clock.ts";
import { keptLog } from "../../tests/support/kept_log.ts";
import { frameId, publishedRoot } from "../../tests/support/published_root.ts";
import { Catalogue } from "../catalogue.ts";
import { type AnimationRange, PrefetchPolicy } from "./prefetch_policy.ts";

const SIZE_PX = 512;
const TILE: TileId = { z: 6, x: 14, y: 24 };

const root = await publishedRoot([0, 1, 2, 3]);
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());

/** A policy over a list of tiles, in the order in which they would be drawn, such as `2 6/14/24`: hour and tile. */
function policyOf(amounts: { readonly rings: number; readonly hours: number }) {
  const drawn: string[] = [];
  const tiles = {
    queued: 0,
    prefetch: (frame: FrameId, { z, x, y }: TileId) => {
      drawn.push(`${frameName(frame).split("/").at(-1)} ${z}/${x}/${y}`);
      return Promise.resolve();
    },
  };
  const { log } = keptLog();
  const policy = new PrefetchPolicy(tiles, new Catalogue(rootsBelow(root.dataRoot), log), log, amounts);
  return {
    tiles,
    /** Serves a tile. @returns what is prefetched for it */
    serve: async (hour: number, tile = TILE, range: AnimationRange | null = null) => {
      policy.onTileServed(frameId(hour), tile, SIZE_PX, range);
      await policy.settled();
      return drawn.splice(0);
    },
  };
}

Deno.test("PrefetchPolicy prefetches the rings around a tile once, the nearest first, within the world", async () => {
  const { serve } = policyOf({ rings: 2, hours: 0 });
  const rings = await serve(0);
  assert.equal(rings.length, 8 + 16);
  assert.deepEqual(rings.slice(0, 3), ["0 6/13/23", "0 6/14/23", "0 6/15/23"]);
  assert.deepEqual([rings[8], rings.at(-1)], ["0 6/12/22", "0 6/16/26"]);
  assert.deepEqual(await serve(0), []);
  assert.equal((await serve(1)).length, 24); // another frame
  const corner = await serve(0, { z: 1, x: 0, y: 0 });
  assert.deepEqual(corner, ["0 1/1/0", "0 1/0/1", "0 1/1/1"]);
});

Deno.test("PrefetchPolicy prefetches the next published hours of a tile that is requested hour after hour", async () => {
  const { serve } = policyOf({ rings: 0, hours: 2 });
  assert.deepEqual(await serve(1), []); // one hour is not an animation yet
  assert.deepEqual(await serve(2), ["3 6/14/24"]); // no later hour is published
  assert.deepEqual(await serve(2), []); // the same hour again
  assert.deepEqual(await serve(3), []);
  assert.deepEqual(await serve(2), ["1 6/14/24", "0 6/14/24"]); // backwards
  assert.deepEqual(await serve(1, { ...TILE, x: 15 }), []); // another tile
});

Deno.test("PrefetchPolicy takes requests that are two seconds apart for no animation", async () => {
  using clock = fakeClock();
  const { pass } = clock;
  const { serve } = policyOf({ rings: 0, hours: 1 });
  await serve(0);
  await pass(2000);
  assert.deepEqual(await serve(1), []);
  await pass(1999);
  assert.deepEqual(await serve(2), ["3 6/14/24"]);
});

Deno.test("PrefetchPolicy follows the range that a client animates, from its first tile on", async () => {
  const { serve } = policyOf({ rings: 0, hours: 5 });
  assert.deepEqual(await serve(0, TILE, { first: leadOfHours(0), last: leadOfHours(2) }), ["1 6/14/24", "2 6/14/24"]);
});

Deno.test("PrefetchPolicy prefetches nothing while requested tiles wait", async () => {
  const { tiles, serve } = policyOf({ rings: 1, hours: 1 });
  tiles.queued = 1;
  assert.deepEqual(await serve(0, TILE, { first: leadOfHours(0), last: leadOfHours(3) }), []);
  tiles.queued = 0;
  assert.equal((await serve(0, TILE, { first: leadOfHours(0), last: leadOfHours(3) })).length, 9);
});
