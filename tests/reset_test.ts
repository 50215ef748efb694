import assert from "node:assert/strict";
import { getLogger } from "@logtape/logtape";
import { parseConfiguration } from "../contract/environment.ts";
import { RESET_URL } from "../contract/urls.ts";
import { makeHandler } from "../routes/handler.ts";
import { makeContext } from "../routes/make_context.ts";
import { compressedTextBytes } from "../server/http/encoded_body.ts";
import { frameId, publishedRoot, RUN } from "./support/published_root.ts";

const TILE = `/tiles/v3/hrrr/${RUN}/tmp2m/0/5/6/11.png`;
const SAMPLE = `/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=0&lat=40&lon=-100`;
const CONTOURS = `/api/v3/hrrr/${RUN}/tmp2m/0/contours/every10f`;

const root = await publishedRoot([0]);
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());

async function server(environment: Record<string, string>) {
  const configuration = parseConfiguration({ TWF_V3_DATA_ROOT: root.dataRoot, ...environment });
  const context = await makeContext(configuration, getLogger("test"));
  const handler = makeHandler(context);
  const from = (hostname: string) => ({ remoteAddr: { transport: "tcp" as const, hostname, port: 40_000 } });
  const ask = async (path: string, init: RequestInit = {}, hostname = "127.0.0.1") => {
    const response = await handler(new Request(`http://localhost${path}`, init), from(hostname));
    return { status: response.status, cache: response.headers.get("x-cache"), text: await response.text() };
  };
  return {
    ask,
    context,
    [Symbol.dispose]: () => {
      void context.watcher.close();
      context.frames.close();
      context.pool[Symbol.dispose]();
    },
  };
}

Deno.test("a reset empties all caches and metrics of a server that allows it", async () => {
  using started = await server({ TWF_V3_ALLOW_RESET: "true" });
  const { ask, context: { frames, pool, tiles, contours } } = started;
  const linesBefore = await contours.read(frameId(0), "every10f");
  for (const path of [TILE, TILE, SAMPLE, CONTOURS]) assert.equal((await ask(path)).status, 200);
  await ask("/api/v3/openapi.json", { headers: { "accept-encoding": "br" } });
  assert.deepEqual([tiles.hits, tiles.misses, pool.memory.openFiles], [1, 1, 1]);
  assert.ok(
    pool.memory.blockBytes > 0 && tiles.cachedBytes > 0 && frames.cachedBytes > 0 && compressedTextBytes() > 0,
  );

  assert.equal((await ask(RESET_URL, { method: "POST" })).status, 204);
  assert.deepEqual([tiles.hits, tiles.misses, pool.memory.openFiles, pool.memory.blockBytes], [0, 0, 0, 0]);
  assert.deepEqual([tiles.cachedBytes, frames.cachedBytes, compressedTextBytes()], [0, 0, 0]);
  const linesAfter = await contours.read(frameId(0), "every10f");
  assert.notEqual(linesAfter, linesBefore);
  const metrics = (await ask("/metrics")).text;
  assert.match(metrics, /^twf_server_requests_total\{route="other",status="204"\} 1$/m); // the reset itself
  assert.doesNotMatch(metrics, /route="tile"/);

  // The closed file is opened again.
  const [first, second] = [await ask(TILE), await ask(TILE)];
  assert.deepEqual([first.cache, second.cache, pool.memory.openFiles], ["MISS", "L1-HIT", 1]);
});

Deno.test("a reset is 404 without the setting, from another machine, through a proxy, and from a page", async () => {
  const post = (headers: HeadersInit = {}): RequestInit => ({ method: "POST", headers });
  {
    using plain = await server({});
    assert.equal((await plain.ask(RESET_URL, post())).status, 404);
  }
  using started = await server({ TWF_V3_ALLOW_RESET: "true" });
  const { ask, context: { tiles } } = started;
  await ask(TILE);
  assert.equal((await ask(RESET_URL, post(), "192.0.2.7")).status, 404);
  assert.equal((await ask(RESET_URL, post({ "x-forwarded-for": "127.0.0.1" }))).status, 404);
  assert.equal((await ask(RESET_URL, post({ origin: "http://127.0.0.1:8200" }))).status, 404);
  assert.equal((await ask(RESET_URL)).status, 404);
  assert.equal(tiles.misses, 1);
  assert.ok(tiles.cachedBytes > 0);
  assert.equal((await ask(RESET_URL, post(), "::1")).status, 204);
});
