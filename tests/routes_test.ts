import assert from "node:assert/strict";
import { PNG } from "pngjs";
import {
  framesAnswerSchema,
  modelsAnswerSchema,
  runsAnswerSchema,
  sampleAnswerSchema,
  tileJsonSchema,
  varsAnswerSchema,
} from "../contract/api.ts";
import { contourCollectionSchema } from "../contract/contours.ts";
import { manifestSchema } from "../contract/manifest.ts";
import { manifestPath } from "../contract/paths.ts";
import { problemSchema } from "../contract/problem.ts";
import { regionsSchema } from "../contract/regions.ts";
import { sidecarSchema } from "../contract/sidecar.ts";
import { HOSTILE_TEXTS } from "./support/hostile_texts.ts";
import { frameId, publishedRoot, RUN } from "./support/published_root.ts";
import { tempDir } from "./support/temp_dir.ts";
import { testApp } from "./support/test_app.ts";

const MINUTE = "public, max-age=60";
const IMMUTABLE = "public, max-age=31536000, immutable";
const SHORT = "public, max-age=15";
const TILE = `/tiles/v3/hrrr/${RUN}/tmp2m/0/5/6/11.png`;
const SAMPLE = `/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=0&lat=40&lon=-100`;

const root = await publishedRoot([0, 1, 2]);
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());

Deno.test("each URL answers with its schema and its lifetime", async () => {
  using server = await testApp(root.dataRoot);
  const cases = [
    ["/api/v3/models", modelsAnswerSchema, "public, max-age=60"],
    ["/api/v3/hrrr/runs", runsAnswerSchema, "public, max-age=60"],
    [`/api/v3/hrrr/${RUN}/vars`, varsAnswerSchema, SHORT],
    [`/api/v3/hrrr/${RUN}/manifest`, manifestSchema, SHORT],
    [`/api/v3/hrrr/latest/manifest`, manifestSchema, SHORT],
    [`/api/v3/hrrr/${RUN}/tmp2m/frames`, framesAnswerSchema, SHORT],
    [`/api/v3/hrrr/${RUN}/tmp2m/0`, sidecarSchema, MINUTE],
    [`/api/v3/hrrr/latest/tmp2m/2`, sidecarSchema, SHORT],
    [SAMPLE, sampleAnswerSchema, SHORT],
    [SAMPLE.replace(RUN, "latest"), sampleAnswerSchema, SHORT],
    [`/tiles/v3/hrrr/${RUN}/tmp2m/0/tilejson.json`, tileJsonSchema, MINUTE],
    ["/api/regions", regionsSchema, "public, max-age=3600"],
  ] as const;
  for (const [path, schema, lifetime] of cases) {
    const response = await server.get(path);
    assert.equal(response.status, 200, path);
    assert.equal(response.headers.get("cache-control"), lifetime, path);
    assert.equal(response.headers.get("content-type"), "application/json", path);
    schema.parse(await response.json());
    const etag = response.headers.get("etag")!;
    assert.match(etag, /^"[^"]+"$/, path);
    const again = await server.get(path, { "if-none-match": `W/"other", ${etag}` });
    assert.equal(again.status, 304, path);
    assert.equal(again.headers.get("etag"), etag, path);
    assert.equal(again.headers.get("cache-control"), lifetime, path);
    assert.equal(await again.text(), "");
  }
});

Deno.test("the contours of a frame come by key, compressed when accepted, and a 404 names the keys", async () => {
  using server = await testApp(root.dataRoot);
  const url = (key: string, run: string = RUN) => `/api/v3/hrrr/${run}/tmp2m/0/contours/${key}`;
  const sidecar = sidecarSchema.parse(await (await server.get(`/api/v3/hrrr/${RUN}/tmp2m/0`)).json());
  assert.deepEqual(Object.keys(sidecar.contours!), ["iso32f", "every10f"]);
  for (const [key, { levels }] of Object.entries(sidecar.contours!)) {
    const response = await server.get(url(key));
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "application/geo+json");
    assert.equal(response.headers.get("cache-control"), MINUTE);
    assert.equal(response.headers.get("vary"), "accept-encoding");
    const { features } = contourCollectionSchema.parse(await response.json());
    assert.ok(features.length > 0 && features.every(({ properties }) => levels.includes(properties.level)), key);
    assert.ok(features.every(({ properties }) => properties.key === key && properties.units === "°F"));
  }
  const compressed = await server.get(url("iso32f"), { "accept-encoding": "gzip" });
  assert.equal(compressed.headers.get("content-encoding"), "gzip");
  const text = await new Response(compressed.body!.pipeThrough(new DecompressionStream("gzip"))).text();
  assert.equal(text, await (await server.get(url("iso32f"))).text());
  const etag = compressed.headers.get("etag")!;
  assert.equal((await server.get(url("iso32f"), { "if-none-match": etag, "accept-encoding": "gzip" })).status, 304);
  assert.equal((await server.get(url("iso32f"), { "if-none-match": etag })).status, 200, "the other representation");
  assert.equal((await server.get(url("iso32f", "latest"))).headers.get("cache-control"), SHORT);
  const unknown = await server.get(url("iso0c"));
  assert.equal(unknown.status, 404);
  assert.match(problemSchema.parse(await unknown.json()).detail!, /no contours "iso0c": it has iso32f, every10f/);
  assert.equal((await server.get(url("Iso-0"))).status, 400);
  assert.equal((await server.get(url("constructor"))).status, 404);
});

Deno.test("the page begins with the selection of its URL, or with the next best one when that is missing", async () => {
  using server = await testApp(root.dataRoot);
  const propsOf = async (query: string) => {
    const response = await server.get(`/models-v3${query}`);
    assert.equal(response.status, 200);
    const json = /id="islands">(.*?)<\/script>/s.exec(await response.text())![1]!;
    return JSON.parse(json).props[0] as { missing: string | null; pane: { sidecar: { var: string; fh: number } } };
  };
  const { missing, pane } = await propsOf(`?model=hrrr&run=${RUN}&var=tmp2m&fh=2`);
  assert.deepEqual([missing, pane.sidecar.var, pane.sidecar.fh], [null, "tmp2m", 2]);
  const other = await propsOf("?model=gfs&run=20260217_05z&var=none&fh=3");
  assert.equal(
    other.missing,
    "Parts of this link are not published: model gfs, variable none, forecast hour 3",
  );
  assert.equal(other.pane.sidecar.fh, 2); // the same valid time
  assert.equal((await propsOf("?model=../x&fh=1e9&at=<script>")).missing, null);
});

Deno.test("discovery reports the published models and frames, and that the data is synthetic", async () => {
  using server = await testApp(root.dataRoot);
  const { models } = modelsAnswerSchema.parse(await (await server.get("/api/v3/models")).json());
  assert.deepEqual(models.map(({ id, name, latest_run, native_zoom }) => [id, name, latest_run, native_zoom]), [
    ["hrrr", "HRRR (synthetic)", RUN, 5],
  ]);
  assert.equal(models[0]!.nature, "forecast");
  const { frames } = framesAnswerSchema.parse(await (await server.get(`/api/v3/hrrr/${RUN}/tmp2m/frames`)).json());
  assert.deepEqual(frames.map(({ fh, valid_time }) => [fh, valid_time]), [
    [0, "2026-02-17T06:00:00Z"],
    [1, "2026-02-17T07:00:00Z"],
    [2, "2026-02-17T08:00:00Z"],
  ]);
});

Deno.test("a tile is a PNG with a strong ETag, 204 outside the coverage, and 404 for an unknown frame", async () => {
  // Two hours in a row would count as an animation, and the prefetch of the next tile would outlast the test.
  using server = await testApp(root.dataRoot, { TWF_V3_PREFETCH_HOURS: "0" });
  const tile = await server.get(TILE);
  assert.equal(tile.status, 200);
  assert.equal(tile.headers.get("content-type"), "image/png");
  assert.equal(tile.headers.get("cache-control"), MINUTE);
  assert.equal(tile.headers.get("x-cache"), "MISS");
  const body = await tile.arrayBuffer();
  assert.equal(tile.headers.get("content-length"), String(body.byteLength));
  const cached = await server.get(TILE);
  assert.equal(cached.headers.get("x-cache"), "L1-HIT");
  assert.deepEqual(await cached.arrayBuffer(), body);
  const etag = tile.headers.get("etag")!;
  assert.equal((await server.get(TILE, { "if-none-match": etag })).status, 304);
  assert.notEqual((await server.get(TILE.replace("/0/5/", "/1/5/"))).headers.get("etag"), etag);

  const outside = await server.get(`/tiles/v3/hrrr/${RUN}/tmp2m/0/5/31/11.png`);
  assert.equal(outside.status, 204);
  assert.equal(outside.headers.get("cache-control"), IMMUTABLE);
  const unknown = await server.get(`/tiles/v3/hrrr/${RUN}/tmp2m/9/5/6/11.png`);
  assert.equal(unknown.status, 404);
  assert.equal(unknown.headers.get("cache-control"), SHORT);
  assert.equal(problemSchema.parse(await unknown.json()).status, 404);
});

Deno.test("empty=png gives a clear tile instead of 204, and does not change other tiles", async () => {
  for (const size of ["256", "512"]) {
    using server = await testApp(root.dataRoot, { TWF_V3_TILE_SIZE: size, TWF_V3_PREFETCH_HOURS: "0" });
    const { frames } = framesAnswerSchema.parse(await (await server.get(`/api/v3/hrrr/${RUN}/tmp2m/frames`)).json());
    const outside = TILE.replace("/6/11", "/31/11");
    for (const query of ["empty=png", `v=${frames[0]!.v}&empty=png`]) {
      const response = await server.get(`${outside}?${query}`);
      const { headers } = response;
      assert.deepEqual([response.status, headers.get("content-type"), headers.get("cache-control")], [
        200,
        "image/png",
        IMMUTABLE,
      ]);
      const bytes = Buffer.from(await response.arrayBuffer());
      assert.equal(headers.get("content-length"), String(bytes.length));
      const picture = PNG.sync.read(bytes);
      assert.deepEqual([picture.width, picture.height], [Number(size), Number(size)]);
      assert.ok(picture.data.every((byte: number) => byte === 0));
      assert.equal((await server.get(`${outside}?${query}`, { "if-none-match": headers.get("etag")! })).status, 304);
      assert.deepEqual(
        await (await server.get(`${TILE}?${query}`)).bytes(),
        await (await server.get(TILE)).bytes(),
      );
    }
    // A missing frame is 404 for these clients too.
    assert.equal((await server.get(`${outside.replace("/0/5/", "/9/5/")}?empty=png`)).status, 404);
  }
});

Deno.test("a tile's URL has one spelling", async () => {
  using server = await testApp(root.dataRoot);
  for (
    const [query, parameter] of [
      ["empty=jpg", "empty"],
      ["empty", "empty"],
      ["empty=png&v=0123456789ab", "empty"],
      [
        "empty=png&empty=png",
        "empty",
      ],
      ["v=0123456789ab&empty=png&x=1", "empty"],
      ["x=1", "x"],
      ["v=0123456789ab&x=1", "x"],
      ["v=1&empty=png", "v"],
      ["&empty=png", ""],
      ["v=", "v"],
      ["empty=png&", "empty"],
    ]
  ) {
    const response = await server.get(`${TILE}?${query}`);
    assert.deepEqual([response.status, problemSchema.parse(await response.json()).parameter], [400, parameter], query);
  }
});

Deno.test("HEAD answers like GET, without a body; other methods get 405", async () => {
  using server = await testApp(root.dataRoot);
  for (const path of [TILE, SAMPLE, "/api/v3/models", "/models-v3", "/livez"]) {
    const get = await server.get(path);
    const head = await server.fetch(new Request(`http://localhost${path}`, { method: "HEAD" }));
    assert.equal(head.status, get.status, path);
    assert.equal(head.headers.get("etag"), get.headers.get("etag"), path);
    assert.equal(head.headers.get("cache-control"), get.headers.get("cache-control"), path);
    assert.equal(await head.text(), "", path);
    await get.body?.cancel();
  }
  for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
    const response = await server.fetch(new Request(`http://localhost${TILE}`, { method }));
    assert.equal(response.status, 405);
    assert.equal(response.headers.get("allow"), "GET, HEAD, OPTIONS");
    problemSchema.parse(await response.json());
  }
});

Deno.test("a bad parameter is answered with 400, its name and the expected value", async () => {
  using server = await testApp(root.dataRoot);
  const tile = (model: string, run: string, variable: string, hour: string, z: string, x: string, y: string) =>
    `/tiles/v3/${model}/${run}/${variable}/${hour}/${z}/${x}/${y}.png`;
  const cases: [string, string][] = [
    [tile("HRRR", RUN, "tmp2m", "0", "5", "6", "11"), "model"],
    [tile("hrrr", "20260231_00z", "tmp2m", "0", "5", "6", "11"), "run"],
    [tile("hrrr", "latest", "tmp2m", "0", "5", "6", "11"), "run"],
    [tile("hrrr", RUN, "t", "0", "5", "6", "11"), "var"],
    [tile("hrrr", RUN, "tmp2m", "003", "5", "6", "11"), "fh"],
    [tile("hrrr", RUN, "tmp2m", "1e3", "5", "6", "11"), "fh"],
    [tile("hrrr", RUN, "tmp2m", "0", "15", "6", "11"), "z"],
    [tile("hrrr", RUN, "tmp2m", "0", "5", "32", "11"), "x"],
    [tile("hrrr", RUN, "tmp2m", "0", "5", "6", "32"), "y"],
    [tile("hrrr", RUN, "tmp2m", "0", "5", "-1", "11"), "x"],
    [SAMPLE.replace("lat=40", "lat=1e308"), "lat"],
    [SAMPLE.replace("lat=40", "lat=91"), "lat"],
    [SAMPLE.replace("lon=-100", "lon=NaN"), "lon"],
    [SAMPLE.replace("&lon=-100", ""), "lon"],
    [SAMPLE.replace("fh=0", "fh=1.5"), "fh"],
    ["/api/v3/HRRR/runs", "model"],
    ["/api/v3/hrrr/yesterday/vars", "run"],
  ];
  for (const [path, parameter] of cases) {
    const response = await server.get(path);
    assert.equal(response.status, 400, path);
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    const problem = problemSchema.parse(await response.json());
    assert.equal(problem.parameter, parameter, path);
    assert.match(problem.detail, /expected|needed/, path);
  }
});

Deno.test("hostile path segments are refused and touch no file", async () => {
  using server = await testApp(root.dataRoot);
  for (const text of HOSTILE_TEXTS.filter((text) => text.length < 2000)) {
    const segment = encodeURIComponent(text);
    for (
      const path of [
        `/api/v3/${segment}/runs`,
        `/api/v3/hrrr/${segment}/vars`,
        `/api/v3/hrrr/${RUN}/${segment}/0`,
        `/models-v3/assets/${segment}`,
      ]
    ) {
      const response = await server.get(path);
      assert.ok([302, 400, 404].includes(response.status), `${path}: ${response.status}`); // 302: ".." is the page
      await response.body?.cancel();
    }
  }
});

Deno.test("/sample gives 204 outside the coverage and where there is no value", async () => {
  using server = await testApp(root.dataRoot);
  for (const [lat, lon] of [[0, 0], [52.9, -133.9], [90, 0], [-90, 180]]) {
    const response = await server.get(SAMPLE.replace("lat=40", `lat=${lat}`).replace("lon=-100", `lon=${lon}`));
    assert.equal(response.status, 204, `${lat} ${lon}`);
  }
});

Deno.test("a frame on the disk that no manifest names does not exist", async () => {
  using server = await testApp(root.dataRoot);
  const path = `${root.dataRoot}/${manifestPath(frameId(0).model, RUN)}`;
  const folder = `${root.dataRoot}/published/hrrr/${RUN}/tmp2m`;
  for (const suffix of ["rgba.cog.tif", "val.cog.tif", "json"]) {
    await Deno.copyFile(`${folder}/fh000.${suffix}`, `${folder}/fh005.${suffix}`);
  }
  assert.equal((await server.get(`/api/v3/hrrr/${RUN}/tmp2m/5`)).status, 404);
  assert.equal((await server.get(TILE.replace("/0/5/", "/5/5/"))).status, 404);
  assert.ok((await Deno.readTextFile(path)).length > 0);
});

Deno.test("a damaged manifest keeps its last good content", async () => {
  using server = await testApp(root.dataRoot);
  const url = `/api/v3/hrrr/${RUN}/tmp2m/frames`;
  const before = await (await server.get(url)).text();
  const path = `${root.dataRoot}/${manifestPath(frameId(0).model, RUN)}`;
  const good = await Deno.readTextFile(path);
  try {
    await Deno.writeTextFile(path, good.slice(0, 40));
    server.passSecond();
    assert.equal(await (await server.get(url)).text(), before);
  } finally {
    await Deno.writeTextFile(path, good);
  }
});

Deno.test("a damaged RGBA COG is 503 and never an empty tile, and the damage is not remembered", async () => {
  await using broken = await publishedRoot([0]);
  using server = await testApp(broken.dataRoot);
  const path = `${broken.dataRoot}/published/hrrr/${RUN}/tmp2m/fh000.rgba.cog.tif`;
  const good = await Deno.readFile(path);
  await Deno.writeFile(path, good.subarray(0, 3000));
  const response = await server.get(TILE);
  assert.equal(response.status, 503);
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.equal(problemSchema.parse(await response.json()).status, 503);
  await Deno.writeFile(path, good);
  const later = await server.get(TILE);
  assert.equal(later.status, 200);
  await later.body?.cancel();
});

Deno.test("the probes distinguish a server with published data from an empty one", async () => {
  using server = await testApp(root.dataRoot);
  using empty = await testApp(`${root.dataRoot}/nothing-here`);
  assert.equal((await server.get("/readyz")).status, 200);
  assert.equal((await empty.get("/readyz")).status, 503);
  assert.equal((await empty.get("/livez")).status, 200);
  assert.equal((await server.get("/health")).headers.get("cache-control"), "no-store");
  const health = await (await server.get("/health")).json();
  assert.equal(health.status, "stale"); // the run is old
  const { latest_run, fresh, stale_after_hours } = health.models[0];
  assert.deepEqual([latest_run, fresh, stale_after_hours], [RUN, false, 4]);
  assert.equal((await (await empty.get("/health")).json()).status, "not ready");
});

Deno.test("/readyz names the folder that cannot be read", async () => {
  await using folder = await tempDir();
  await Deno.writeTextFile(`${folder.path}/manifests`, "a file where a folder should be");
  using server = await testApp(folder.path);
  const response = await server.get("/readyz");
  assert.equal(response.status, 503);
  assert.match((await response.json()).reason, /^Cannot read ".*\/manifests": /);
});

Deno.test("the page has its island when a run is published, and no script otherwise", async () => {
  using server = await testApp(root.dataRoot);
  const page = await server.get("/models-v3");
  const html = await page.text();
  assert.equal(page.headers.get("cache-control"), "no-cache");
  assert.match(html, /data-island="ModelsViewer"/);
  assert.match(html, /HRRR \(synthetic\)/);
  assert.match(html, /Synthetic data/);
  assert.equal((await server.get("/models-v3", { "if-none-match": page.headers.get("etag")! })).status, 304);
  for (const [, url] of html.matchAll(/(?:href|src)="(\/[^"]+)"/g)) {
    const asset = await server.get(url!);
    assert.equal(asset.status, 200, url);
    assert.equal(asset.headers.get("cache-control"), IMMUTABLE, url);
    await asset.body?.cancel();
  }
  using empty = await testApp(`${root.dataRoot}/nothing-here`);
  const emptyHtml = await (await empty.get("/models-v3")).text();
  assert.match(emptyHtml, /No forecast is published yet/);
  assert.doesNotMatch(emptyHtml, /<script/);
});

Deno.test("a run whose manifest is damaged from the start does not affect other runs", async () => {
  const damaged = `${root.dataRoot}/${manifestPath(frameId(0).model, "20200101_00z" as typeof RUN)}`;
  await Deno.writeTextFile(damaged, '{"contract');
  try {
    using server = await testApp(root.dataRoot);
    for (const path of ["/api/v3/models", "/api/v3/hrrr/runs", "/models-v3", "/health", "/readyz"]) {
      const response = await server.get(path);
      assert.equal(response.status, 200, path);
      await response.body?.cancel();
    }
  } finally {
    await Deno.remove(damaged);
  }
});

Deno.test("an unknown id is 404, also when it is the name of an object's built-in property", async () => {
  using server = await testApp(root.dataRoot);
  for (
    const path of [
      `/api/v3/hrrr/${RUN}/constructor/frames`,
      `/api/v3/hrrr/${RUN}/constructor/0`,
      TILE.replace("tmp2m", "constructor"),
    ]
  ) {
    assert.equal((await server.get(path)).status, 404, path);
  }
});

Deno.test("synthetic data is not attributed to NOAA", async () => {
  using server = await testApp(root.dataRoot);
  const { attribution } = tileJsonSchema.parse(
    await (await server.get(`/tiles/v3/hrrr/${RUN}/tmp2m/0/tilejson.json`)).json(),
  );
  assert.doesNotMatch(attribution, /NOAA/);
  const { models } = modelsAnswerSchema.parse(await (await server.get("/api/v3/models")).json());
  assert.doesNotMatch(models[0]!.attribution, /NOAA/);
});

Deno.test("a repeated parameter is refused, the root redirects to the map, and HEAD gives the length", async () => {
  using server = await testApp(root.dataRoot);
  const twice = await server.get(`${SAMPLE}&lon=-90`);
  assert.equal(twice.status, 400);
  assert.equal(problemSchema.parse(await twice.json()).parameter, "lon");
  for (const path of ["/", "/models-v3/"]) {
    const response = await server.get(path);
    assert.equal(response.status, 302);
    const { pathname } = new URL(response.headers.get("location")!, `http://localhost${path}`);
    assert.equal(pathname, "/models-v3");
  }
  const body = await (await server.get("/api/v3/models")).arrayBuffer();
  const head = await server.fetch(new Request(`http://localhost/api/v3/models`, { method: "HEAD" }));
  assert.equal(head.headers.get("content-length"), String(body.byteLength));
});

Deno.test("outside the coverage a tile is 204, also with If-None-Match: *", async () => {
  using server = await testApp(root.dataRoot);
  const response = await server.get(`/tiles/v3/hrrr/${RUN}/tmp2m/0/5/31/11.png`, { "if-none-match": "*" });
  assert.equal(response.status, 204);
});
