import assert from "node:assert/strict";
import { artifactPath } from "../../contract/paths.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free_port.ts";
import { frameId, publishedRoot, RUN } from "../support/published_root.ts";
import { startServer } from "../support/server_process.ts";
import { testApp } from "../support/test_app.ts";
import { tempDir } from "../support/temp_dir.ts";

const root = await publishedRoot([0, 1]);
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());

Deno.test("answers have X-Content-Type-Options: nosniff, and the page runs only its own scripts", async () => {
  await using server = await startServer(root.dataRoot);
  for (const path of ["/models-v3", "/api/v3/models", "/nothing", `/tiles/v3/hrrr/${RUN}/tmp2m/0/5/7/12.png`]) {
    const response = await fetch(server.origin + path);
    await response.body?.cancel();
    assert.equal(response.headers.get("x-content-type-options"), "nosniff", path);
    const policy = response.headers.get("content-security-policy");
    if (path === "/models-v3") assert.match(policy!, /(^|; )script-src 'self';/);
  }
});

Deno.test("the rate limit counts points and not requests, for each client separately", async () => {
  await using server = await startServer(root.dataRoot, undefined, { TWF_V3_SAMPLES_PER_SECOND: "20" });
  const ask = async (client: string, path: string, points?: number) => {
    const init = points === undefined ? {} : {
      method: "POST",
      body: JSON.stringify({
        model: "hrrr",
        run: RUN,
        var: "tmp2m",
        fh: 0,
        points: Array.from({ length: points }, () => ({ lat: 39, lon: -98 })),
      }),
    };
    const response = await fetch(server.origin + path, { ...init, headers: { "x-forwarded-for": client } });
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await ask("203.0.113.1", "/api/v3/sample", 90), 200);
  assert.equal(await ask("203.0.113.1", "/api/v3/sample", 90), 429);
  assert.equal(await ask("203.0.113.2", "/api/v3/sample", 90), 200);
  const lines = `/api/v3/hrrr/${RUN}/tmp2m/0/contours/iso32f`;
  const statuses = await Promise.all(Array.from({ length: 15 }, () => ask("203.0.113.3", lines)));
  assert.ok(statuses.filter((status) => status === 200).length <= 11, statuses.join());
  // The same customer with another address of the /64 network.
  assert.equal(await ask("2001:db8:1:2::1", "/api/v3/sample", 100), 200);
  assert.equal(await ask("2001:db8:1:2::2", "/api/v3/sample", 100), 429);
});

Deno.test("a client has at most 50 event streams, and may open another when one ends", async () => {
  await using server = await startServer(root.dataRoot);
  const open = async () => {
    const ended = new AbortController();
    const response = await fetch(`${server.origin}/api/v3/events`, { signal: ended.signal });
    return { status: response.status, end: () => ended.abort() };
  };
  const streams = [];
  for (let i = 0; i < 50; i++) streams.push(await open());
  assert.ok(streams.every(({ status }) => status === 200));
  const refused = await open();
  assert.equal(refused.status, 429);
  streams[0]!.end();
  let again = refused;
  await eventually(async () => {
    again.end();
    again = await open();
    return again.status === 200;
  }, "another stream is open");
  [...streams.slice(1), again].forEach(({ end }) => end());
});

Deno.test("a request body that is never completed does not keep a server from ending", async () => {
  const server = await startServer(root.dataRoot);
  const { hostname, port } = new URL(server.origin);
  using socket = await Deno.connect({ hostname, port: Number(port) });
  const head =
    "POST /api/v3/sample HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
  await socket.write(new TextEncoder().encode(head));
  await new Promise((wake) => setTimeout(wake, 200));
  const began = performance.now();
  await server.stop();
  assert.ok(performance.now() - began < 9000, `${((performance.now() - began) / 1000).toFixed(1)} s`);
});

Deno.test("a symbolic link that leads out of the data root is not followed", async () => {
  await using own = await publishedRoot([0]);
  await using outside = await tempDir();
  const published = `${own.dataRoot}/${artifactPath("published", frameId(0), "rgba")}`;
  await Deno.copyFile(published, `${outside.path}/picture.tif`);
  await Deno.remove(published);
  await Deno.symlink(`${outside.path}/picture.tif`, published);
  await using server = await startServer(own.dataRoot);
  await assertUnavailable(server.origin, [
    `/cog/v3/hrrr/${RUN}/tmp2m/0/rgba.cog.tif`,
    `/tiles/v3/hrrr/${RUN}/tmp2m/0/5/7/12.png`,
  ]);
});

Deno.test("a linked folder outside the data root is not followed", async () => {
  await using own = await publishedRoot([0]);
  await using outside = await tempDir();
  const variable = `${own.dataRoot}/published/hrrr/${RUN}/tmp2m`;
  await Deno.rename(variable, `${outside.path}/tmp2m`);
  await Deno.symlink(`${outside.path}/tmp2m`, variable);
  await using server = await startServer(own.dataRoot);
  await assertUnavailable(server.origin, [
    `/cog/v3/hrrr/${RUN}/tmp2m/0/val.cog.tif`,
    `/tiles/v3/hrrr/${RUN}/tmp2m/0/5/7/12.png`,
    `/api/v3/hrrr/${RUN}/tmp2m/0`,
    `/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=0&lat=39&lon=-98`,
  ]);
});

Deno.test("a data root that is itself a symbolic link is served", async () => {
  await using own = await publishedRoot([0]);
  await using folder = await tempDir();
  await Deno.symlink(own.dataRoot, `${folder.path}/data`);
  await using app = await startServer(`${folder.path}/data`);
  const response = await fetch(`${app.origin}/tiles/v3/hrrr/${RUN}/tmp2m/0/5/7/12.png`);
  await response.body?.cancel();
  assert.equal(response.status, 200);
});

Deno.test("at most 500 COGs are sent at once, and another one when a transfer ends", async () => {
  await using own = await publishedRoot([0]);
  using app = await testApp(own.dataRoot);
  const url = `/cog/v3/hrrr/${RUN}/tmp2m/0/rgba.cog.tif`;
  const slow = await Promise.all(Array.from({ length: 500 }, () => app.get(url)));
  assert.ok(slow.every(({ status }) => status === 200));
  const refused = await app.get(url);
  await refused.body?.cancel();
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [503, "5"]);
  await slow[0]!.body!.cancel();
  assert.ok((await (await app.get(url)).arrayBuffer()).byteLength > 100_000);
  await Promise.all(slow.slice(1).map(({ body }) => body!.cancel()));
  assert.equal((await (await app.get(url)).arrayBuffer()).byteLength > 0, true);
});

Deno.test("a request body that is cut short is not counted as a server error", async () => {
  await using own = await publishedRoot([0]);
  await using server = await startServer(own.dataRoot);
  const { hostname, port } = new URL(server.origin);
  for (const body of ["content-length: 1000\r\n\r\n{", 'transfer-encoding: chunked\r\n\r\n5\r\n{"a": \r\nzz\r\n']) {
    using socket = await Deno.connect({ hostname, port: Number(port) });
    const head = "POST /api/v3/sample HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    await socket.write(new TextEncoder().encode(head + body));
    await socket.closeWrite();
    await socket.read(new Uint8Array(1000)).catch(() => null); // the connection may be closed already
  }
  const metrics = await (await fetch(`${server.origin}/metrics`)).text();
  assert.doesNotMatch(metrics, /status="500"/);
});

Deno.test("a server that runs out of file descriptors answers again when connections close", async () => {
  await using own = await publishedRoot([0]);
  await using server = await startServer(own.dataRoot, {
    program: "sh",
    args: [
      "-c",
      'ulimit -n 200 && exec "$0" "$@"',
      Deno.execPath(),
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-net=127.0.0.1",
      `--allow-read=${Deno.cwd()},${own.dataRoot}`,
      "--allow-env",
      "routes/main.ts",
    ],
    cwd: Deno.cwd(),
  }, { TWF_V3_PORT: String(freePort()) });
  const { hostname, port } = new URL(server.origin);
  const open: Deno.Conn[] = [];
  for (let i = 0; i < 300; i++) {
    const connection = await Deno.connect({ hostname, port: Number(port) }).catch(() => null);
    if (connection) open.push(connection);
  }
  await new Promise((wake) => setTimeout(wake, 500));
  open.forEach((connection) => connection.close());
  await eventually(async () => {
    const response = await fetch(`${server.origin}/livez`).catch(() => null);
    await response?.body?.cancel();
    return response?.status === 200;
  }, "it answers again");
});

async function assertUnavailable(origin: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const response = await fetch(origin + path);
    await response.body?.cancel();
    assert.equal(response.status, 503, path);
  }
}
