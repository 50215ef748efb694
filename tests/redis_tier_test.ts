import assert from "node:assert/strict";
import { publishedRoot, RUN } from "./support/published_root.ts";
import { RedisServer } from "./support/redis_server.ts";
import { startServer } from "./support/server_process.ts";

Deno.test("a second server finds in Redis what the first one drew, and serves on when Redis is gone", async () => {
  await using root = await publishedRoot([0]);
  await using redis = await RedisServer.start();
  const environment = { TWF_V3_REDIS_URL: redis.url, TWF_V3_WARM_ZOOMS: "0" };
  const ask = async (origin: string, y: number) => {
    const response = await fetch(`${origin}/tiles/v3/hrrr/${RUN}/tmp2m/0/6/14/${y}.png`);
    const png = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, cache: response.headers.get("x-cache"), png };
  };
  const rows = [22, 23, 24, 25, 26];
  await using first = await startServer(root.dataRoot, undefined, environment);
  await new Promise((wake) => setTimeout(wake, 500)); // connected by then; requests do not wait for it
  const drawn = new Map<number, Uint8Array>();
  for (const y of rows) {
    const { cache, png } = await ask(first.origin, y);
    assert.equal(cache, "MISS");
    drawn.set(y, png);
  }
  assert.equal((await ask(first.origin, rows[0]!)).cache, "L1-HIT");

  await using second = await startServer(root.dataRoot, undefined, environment);
  await new Promise((wake) => setTimeout(wake, 500));
  const found = await Promise.all(rows.map(async (y) => ({ y, ...await ask(second.origin, y) })));
  assert.ok(found.some(({ cache }) => cache === "L2-HIT"), found.map(({ cache }) => cache).join());
  for (const { y, png } of found) assert.deepEqual(png, drawn.get(y));

  await redis.stop();
  for (const y of [20, 21, 27, 28]) assert.equal((await ask(second.origin, y)).status, 200);
});
