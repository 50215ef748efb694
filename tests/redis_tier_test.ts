import assert from "node:assert/strict";
import { eventually } from "./support/eventually.ts";
import { publishedRoot, RUN } from "./support/published_root.ts";
import { RedisServer } from "./support/redis_server.ts";
import { startServer } from "./support/server_process.ts";

Deno.test("a second server gets the first server's tiles from Redis, and works when Redis is gone", async () => {
  await using root = await publishedRoot([0]);
  await using redis = await RedisServer.start();
  const environment = { TWF_V3_REDIS_URL: redis.url, TWF_V3_WARM_ZOOMS: "0" };
  const ask = async (origin: string, y: number) => {
    const response = await fetch(`${origin}/tiles/v3/hrrr/${RUN}/tmp2m/0/8/56/${y}.png`);
    const png = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, cache: response.headers.get("x-cache"), png };
  };
  const rows = Array.from({ length: 18 }, (_, i) => 88 + i);
  await using first = await startServer(root.dataRoot, undefined, environment);
  await eventually(async () => await redis.connectedServers() === 1); // requests do not wait for Redis
  const drawn = new Map<number, Uint8Array>();
  for (const y of rows) {
    const { cache, png } = await ask(first.origin, y);
    assert.equal(cache, "MISS");
    drawn.set(y, png);
  }
  assert.equal((await ask(first.origin, rows[0]!)).cache, "L1-HIT");

  await using second = await startServer(root.dataRoot, undefined, environment);
  await eventually(async () => await redis.connectedServers() === 2);
  const origins: (string | null)[] = [];
  for (const y of rows) {
    const { cache, png } = await ask(second.origin, y);
    assert.deepEqual(png, drawn.get(y));
    origins.push(cache);
    if (cache === "L2-HIT") break;
    await new Promise((wake) => setTimeout(wake, 300)); // on a busy machine drawing may be faster than Redis
  }
  assert.ok(origins.includes("L2-HIT"), origins.join());

  await redis.stop();
  for (const y of [106, 107, 108, 109]) assert.equal((await ask(second.origin, y)).status, 200);
});
