import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { framesAnswerSchema, tileJsonSchema } from "../contract/api.ts";
import { openApiDocument } from "../contract/openapi/document.ts";
import { artifactPath } from "../contract/paths.ts";
import { problemSchema } from "../contract/problem.ts";
import { makeManifestOlder } from "./support/older_frame.ts";
import { frameId, publishedRoot, RUN } from "./support/published_root.ts";
import { testApp } from "./support/test_app.ts";

const IMMUTABLE = "public, max-age=31536000, immutable";
const URLS = [
  `/api/v3/hrrr/${RUN}/tmp2m/1`,
  `/api/v3/hrrr/${RUN}/tmp2m/1/contours/iso32f`,
  `/tiles/v3/hrrr/${RUN}/tmp2m/1/5/7/12.png`,
  `/tiles/v3/hrrr/${RUN}/tmp2m/1/tilejson.json`,
  `/cog/v3/hrrr/${RUN}/tmp2m/1/rgba.cog.tif`,
  `/cog/v3/hrrr/${RUN}/tmp2m/1/val.cog.tif`,
];

const root = await publishedRoot([0, 1, 2]);
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());

async function versionOf(hour: number): Promise<string> {
  const sidecar = await Deno.readFile(`${root.dataRoot}/${artifactPath("published", frameId(hour), "sidecar")}`);
  return createHash("sha256").update(sidecar).digest("hex").slice(0, 12);
}

Deno.test("a manifest lists a frame with the beginning of its sidecar's hash", async () => {
  using app = await testApp(root.dataRoot);
  const { frames } = framesAnswerSchema.parse(await (await app.get(`/api/v3/hrrr/${RUN}/tmp2m/frames`)).json());
  assert.deepEqual(frames.map(({ v }) => v), [await versionOf(0), await versionOf(1), await versionOf(2)]);
});

Deno.test("a URL is immutable with the right version, kept 60 s without one, and 404 with a wrong one", async () => {
  using app = await testApp(root.dataRoot, { TWF_V3_PREFETCH_HOURS: "0" });
  const [other, right] = [await versionOf(0), await versionOf(1)];
  for (const url of URLS) {
    const ask = async (query: string) => {
      const response = await app.get(url + query);
      const { status, headers } = response;
      const body = new Uint8Array(await response.arrayBuffer());
      return { status, body, etag: headers.get("etag"), lifetime: headers.get("cache-control") };
    };
    const [plain, versioned] = [await ask(""), await ask(`?v=${right}`)];
    assert.deepEqual([plain.status, plain.lifetime], [200, "public, max-age=60"], url);
    // TileJSON depends on the server's settings too, and names tiles.
    const longest = url.endsWith("tilejson.json") ? "public, max-age=60" : IMMUTABLE;
    assert.deepEqual([versioned.status, versioned.lifetime], [200, longest], url);
    assert.deepEqual(versioned.body, plain.body, url);
    assert.ok(plain.etag !== null && plain.etag === versioned.etag, url);
    for (const wrong of [other, "0".repeat(12)]) {
      const { status, body, lifetime } = await ask(`?v=${wrong}`);
      assert.deepEqual([status, lifetime], [404, "public, max-age=15"], url);
      assert.match(problemSchema.parse(JSON.parse(new TextDecoder().decode(body))).detail!, new RegExp(wrong));
    }
    for (const hostile of ["", "1", right.toUpperCase(), `${right}0`, "../../etc", "%00", "constructor"]) {
      const { status, body } = await ask(`?v=${hostile}`);
      const { parameter } = problemSchema.parse(JSON.parse(new TextDecoder().decode(body)));
      assert.deepEqual([status, parameter], [400, "v"], `${url}?v=${hostile}`);
    }
  }
});

Deno.test("a frame's URL has one spelling: its query is only the version, once and unencoded", async () => {
  using app = await testApp(root.dataRoot);
  const right = await versionOf(1);
  const spellings: [query: string, parameter: string][] = [
    [`?v=${right}&v=${right}`, "v"],
    [`?v=${right}&`, "v"],
    [`?v=%3${right.charCodeAt(0).toString(16)}${right.slice(1)}`, "v"],
    [`?v=${right}&t=1`, "t"],
    [`?t=1&v=${right}`, "t"],
    ["?cache=no", "cache"],
    [`?V=${right}`, "V"],
    [`?%76=${right}`, "v"],
  ];
  for (const url of URLS) {
    for (const [query, parameter] of spellings) {
      const response = await app.get(url + query);
      assert.deepEqual([response.status, response.headers.get("cache-control")], [400, "no-store"], url + query);
      assert.equal(problemSchema.parse(await response.json()).parameter, parameter, url + query);
    }
  }
});

Deno.test("an answer under `latest` is never immutable, even with a version in the URL", async () => {
  using app = await testApp(root.dataRoot);
  for (const url of URLS.slice(0, 2).map((url) => url.replace(RUN, "latest"))) {
    const response = await app.get(`${url}?v=${await versionOf(1)}`);
    await response.body?.cancel();
    assert.deepEqual([response.status, response.headers.get("cache-control")], [200, "public, max-age=15"]);
  }
});

Deno.test("TileJSON names tiles with the version, and OpenAPI lists `v` wherever it is accepted", async () => {
  using app = await testApp(root.dataRoot);
  const { tiles } = tileJsonSchema.parse(await (await app.get(URLS[3]!)).json());
  assert.deepEqual(tiles, [`http://localhost/tiles/v3/hrrr/${RUN}/tmp2m/1/{z}/{x}/{y}.png?v=${await versionOf(1)}`]);
  const { paths } = openApiDocument("http://localhost");
  const taking = Object.entries(paths).filter(([, { get }]) =>
    (get as { parameters: { name: string; required: boolean }[] } | undefined)?.parameters
      .some(({ name, required }) => name === "v" && !required)
  );
  assert.equal(taking.length, 6);
});

Deno.test("a sidecar that differs from the version in its manifest is damaged, and not another frame", async () => {
  await using own = await publishedRoot([0, 1]);
  using app = await testApp(own.dataRoot);
  const path = `${own.dataRoot}/${artifactPath("published", frameId(1), "sidecar")}`;
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, text.replace('"precision": 0', '"precision": 1') + " ");
  for (const url of URLS) {
    const response = await app.get(url);
    await response.body?.cancel();
    assert.equal(response.status, 503, url);
  }
});

Deno.test("a manifest from before there were versions is readable, and none of its frames is immutable", async () => {
  await using own = await publishedRoot([0, 1]);
  await makeManifestOlder(own.dataRoot, frameId(1));
  using app = await testApp(own.dataRoot, { TWF_V3_PREFETCH_HOURS: "0" });
  for (const url of URLS) {
    const [plain, versioned] = [await app.get(url), await app.get(`${url}?v=${await versionOf(1)}`)];
    await plain.body?.cancel();
    await versioned.body?.cancel();
    assert.deepEqual([plain.status, plain.headers.get("cache-control")], [200, "public, max-age=60"], url);
    assert.equal(versioned.status, 404, url);
  }
});
