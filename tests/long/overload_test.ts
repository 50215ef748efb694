import assert from "node:assert/strict";
import { problemSchema } from "../../contract/problem.ts";
import { publishedRoot, RUN } from "../support/published_root.ts";
import { startServer } from "../support/server_process.ts";

const root = await publishedRoot([0, 1, 2]);
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());

/** Tiles of zoom 9 that are not cached yet. */
const TILES = Array.from({ length: 300 }, (_, i) => `${i % 3}/9/${90 + i % 30}/${180 + Math.floor(i / 30)}`);

Deno.test("tiles beyond the queue's limit are refused at once with Retry-After; the others are drawn", async () => {
  await using server = await startServer(root.dataRoot, undefined, { TWF_V3_MAX_QUEUED_TILES: "20" });
  const answers = await Promise.all(TILES.map(async (tile) => {
    const response = await fetch(`${server.origin}/tiles/v3/hrrr/${RUN}/tmp2m/${tile}.png`);
    if (response.status === 200) await response.arrayBuffer();
    else if (response.status === 503) {
      assert.equal(response.headers.get("retry-after"), "1");
      assert.equal(response.headers.get("cache-control"), "no-store");
      assert.match(problemSchema.parse(await response.json()).detail, /20 tiles are waiting/);
    }
    return response.status;
  }));
  assert.deepEqual([...new Set(answers)].sort(), [200, 503]);
  // Afterwards the server draws tiles as before.
  for (const tile of TILES.slice(0, 5)) {
    const response = await fetch(`${server.origin}/tiles/v3/hrrr/${RUN}/tmp2m/${tile}.png`);
    assert.equal(response.status, 200);
    await response.body?.cancel();
  }
});

Deno.test("points per second are limited for each client, also for clients behind one proxy", async () => {
  await using server = await startServer(root.dataRoot, undefined, { TWF_V3_SAMPLES_PER_SECOND: "2" });
  const url = `${server.origin}/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=0&lat=39&lon=-98`;
  const ask = async (client: string) => {
    const response = await fetch(url, { headers: { "x-forwarded-for": client } });
    await response.body?.cancel();
    return { status: response.status, retryAfter: response.headers.get("retry-after") };
  };
  const statuses: number[] = [];
  for (let i = 0; i < 15; i++) statuses.push((await ask("203.0.113.7")).status);
  assert.ok(statuses.slice(0, 10).every((status) => status === 200), statuses.join());
  assert.ok(statuses.includes(429), statuses.join());
  assert.equal((await ask("203.0.113.7")).retryAfter, "1");
  assert.equal((await ask("203.0.113.8")).status, 200);
});

Deno.test("connections that send nothing, half a request or too much do not block other clients", async () => {
  await using server = await startServer(root.dataRoot);
  const { hostname, port } = new URL(server.origin);
  const send = async (text: string) => {
    const connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(new TextEncoder().encode(text));
    return connection;
  };
  const tile = `/tiles/v3/hrrr/${RUN}/tmp2m/0/5/7/12.png`;
  const odd = await Promise.all([
    ...Array.from({ length: 50 }, () => send("")),
    ...Array.from({ length: 50 }, () => send(`GET ${tile} HTTP/1.1\r\nhost: x\r\n`)), // headers that never end
    ...Array.from(
      { length: 10 },
      () => send("POST /api/v3/sample HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"),
    ),
    send(`GET / HTTP/1.1\r\nhost: x\r\nx-long: ${"x".repeat(100_000)}\r\n\r\n`),
    send("\0\x01\x02 nothing of HTTP\r\n\r\n"),
    send(`GET ${tile} HTTP/1.1\r\nhost: x\r\n\r\n`.repeat(20)), // pipelined, and the client does not read the answers
  ]);
  for (let i = 0; i < 20; i++) {
    const response = await fetch(server.origin + tile, { signal: AbortSignal.timeout(2000) });
    assert.equal(response.status, 200);
    await response.body?.cancel();
  }
  odd.forEach((connection) => connection.close());
  const response = await fetch(`${server.origin}/livez`);
  assert.equal(response.status, 200);
  await response.body?.cancel();
});
