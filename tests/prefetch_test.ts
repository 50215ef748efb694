import assert from "node:assert/strict";
import { framesAnswerSchema } from "../contract/api.ts";
import { publishedRoot, publishHour, RUN } from "./support/published_root.ts";
import { type TestApp, testApp } from "./support/test_app.ts";
import { startServer } from "./support/server_process.ts";

const root = await publishedRoot([0, 1, 2, 3]);
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());

const tile = (hour: number, x: number, y: number, z = 6) => `/tiles/v3/hrrr/${RUN}/tmp2m/${hour}/${z}/${x}/${y}.png`;

/** Requests a tile, and returns its cache state, or its status when the answer has none. */
async function ask(server: TestApp, path: string, headers: HeadersInit = {}): Promise<string> {
  const response = await server.get(path, headers);
  await response.body?.cancel();
  return response.headers.get("x-cache") ?? String(response.status);
}

async function metric(server: TestApp, name: string): Promise<number> {
  const text = await (await server.get("/metrics")).text();
  return Number(new RegExp(`^${name} (.*)$`, "m").exec(text)![1]);
}

/** Waits until all prefetches have ended, and compares their number. */
async function prefetched(server: TestApp, count: number): Promise<void> {
  await server.prefetched();
  assert.equal(await metric(server, "twf_server_tiles_drawn_ahead_total"), count);
}

Deno.test("two rings of neighbours are prefetched, none twice, and counted when they are requested", async () => {
  await using server = await testApp(root.dataRoot, { TWF_V3_PREFETCH_RINGS: "2" });
  assert.equal(await ask(server, tile(0, 14, 24)), "MISS");
  await prefetched(server, 24);
  for (const [x, y] of [[12, 22], [16, 26], [14, 23], [15, 24]]) {
    assert.equal(await ask(server, tile(0, x!, y!)), "L1-HIT", `${x}/${y}`);
  }
  assert.equal(await metric(server, "twf_server_tiles_used_ahead_total"), 4);
  assert.equal(await ask(server, tile(0, 14, 24)), "L1-HIT");
  assert.equal(await metric(server, "twf_server_tiles_used_ahead_total"), 4);
});

Deno.test("neighbours outside the world or the coverage are not prefetched", async () => {
  await using server = await testApp(root.dataRoot, { TWF_V3_PREFETCH_RINGS: "1" });
  assert.equal(await ask(server, tile(0, 0, 0, 1)), "MISS");
  await prefetched(server, 0); // 1/0 is east, 0/1 south of the coverage
});

Deno.test("later hours are prefetched under their own versions, not under that of the requested hour", async () => {
  await using server = await testApp(root.dataRoot, { TWF_V3_PREFETCH_HOURS: "2" });
  const listed = await (await server.get(`/api/v3/hrrr/${RUN}/tmp2m/frames`)).json();
  const { frames } = framesAnswerSchema.parse(listed);
  const versioned = (hour: number) => `${tile(hour, 14, 24)}?v=${frames[hour]!.v}`;
  assert.equal(await ask(server, versioned(0)), "MISS");
  assert.equal(await ask(server, versioned(1)), "MISS");
  await prefetched(server, 2);
  assert.equal(await ask(server, versioned(2)), "L1-HIT");
});

Deno.test("a tile that is requested hour after hour is prefetched at the next hours in that direction", async () => {
  await using server = await testApp(root.dataRoot, { TWF_V3_PREFETCH_HOURS: "2" });
  assert.equal(await ask(server, tile(3, 14, 24)), "MISS");
  await prefetched(server, 0);
  assert.equal(await ask(server, tile(2, 14, 24)), "MISS");
  await prefetched(server, 2);
  assert.equal(await ask(server, tile(1, 14, 24)), "L1-HIT");
  assert.equal(await ask(server, tile(0, 14, 24)), "L1-HIT");
});

Deno.test("X-Animation-Range names the hours to prefetch, and a malformed range is refused", async () => {
  await using server = await testApp(root.dataRoot, { TWF_V3_PREFETCH_HOURS: "5" });
  const range = { "x-animation-range": "0-2" };
  assert.equal(await ask(server, tile(0, 14, 24), range), "MISS");
  await prefetched(server, 2);
  assert.equal(await ask(server, tile(2, 14, 24), range), "L1-HIT");
  assert.equal(await ask(server, tile(3, 14, 24), range), "MISS");
  assert.equal(await ask(server, tile(0, 14, 25), { "x-animation-range": "0..2" }), "400");
});

Deno.test("TWF_V3_WARM_ZOOMS draws small zooms before any request, also of an hour published later", async () => {
  await using growing = await publishedRoot([0, 1, 2]);
  await using server = await startServer(growing.dataRoot, undefined, { TWF_V3_WARM_ZOOMS: "5" });
  const cache = async (path: string) => {
    const response = await fetch(server.origin + path);
    await response.body?.cancel();
    return response.headers.get("x-cache");
  };
  const metrics = async () => await (await fetch(`${server.origin}/metrics`)).text();
  const drawn = async () => Number(/^twf_server_tiles_drawn_ahead_total (.*)$/m.exec(await metrics())![1]);
  /** Waits until no more tiles are drawn. @param least number of tiles that must be drawn first */
  const settled = async (least: number) => {
    for (let before = -1, now = 0; before !== now || now < least; before = now, now = await drawn()) {
      await new Promise((wake) => setTimeout(wake, 500));
    }
    return await drawn();
  };
  const count = await settled(1);
  for (const path of [tile(0, 0, 0, 0), tile(2, 3, 6, 4), tile(2, 1, 3, 3)]) assert.equal(await cache(path), "L1-HIT");
  assert.equal(await cache(tile(0, 14, 24)), "MISS");
  await publishHour(growing.dataRoot, RUN, 3);
  await settled(count + 1);
  assert.equal(await cache(tile(3, 3, 6, 4)), "L1-HIT");
  assert.match(await metrics(), /^twf_server_event_streams 0$/m); // no page listens
});
