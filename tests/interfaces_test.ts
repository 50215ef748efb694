import assert from "node:assert/strict";
import { fromUrl } from "geotiff";
import { z } from "zod";
import {
  emptySampleAnswerSchema,
  sampleAnswerSchema,
  samplesAnswerSchema,
  seriesAnswerSchema,
} from "../contract/api.ts";
import { modelGeometry } from "../contract/models.ts";
import { openApiDocument } from "../contract/openapi/document.ts";
import { type Operation, OPERATIONS } from "../contract/openapi/operations.ts";
import { problemSchema } from "../contract/problem.ts";
import { testApp } from "./support/test_app.ts";
import { gdal } from "./support/gdal_program.ts";
import { makeManifestOlder } from "./support/older_frame.ts";
import { frameId, publishedRoot, RUN } from "./support/published_root.ts";
import { type ServerProcess, startServer } from "./support/server_process.ts";

/** The ways in that other programs know: each is asked by one of them, or held against another way in. */

const root = await publishedRoot([0, 1, 2], ["tmp2m", "refc"]);
const server: ServerProcess = await startServer(root.dataRoot);
Deno.test.afterAll(async () => {
  await server.stop();
  await root[Symbol.asyncDispose]();
});

async function getJson(
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; headers: Headers; json: unknown }> {
  const response = await fetch(server.origin + path, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text === "" ? null : JSON.parse(text) };
}

const post = (body: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: typeof body === "string" ? body : JSON.stringify(body),
});

function exampleUrl({ path, parameters, example }: Operation): string {
  const inPath = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(example[name]!));
  const queries = Object.entries(parameters)
    .filter(([name, { in: place }]) => place === "query" && example[name] !== undefined)
    .map(([name]) => [name, example[name]!]);
  return queries.length === 0 ? inPath : `${inPath}?${new URLSearchParams(queries)}`;
}

for (const operation of OPERATIONS) {
  Deno.test(`the example of ${operation.id} in the API's document is answered as the document says`, async () => {
    const { answer, mediaType = "application/json", exampleBody } = operation;
    const response = await fetch(server.origin + exampleUrl(operation), exampleBody ? post(exampleBody) : {});
    assert.equal(response.status, 200, exampleUrl(operation));
    assert.equal(response.headers.get("access-control-allow-origin"), "*");
    const type = response.headers.get("content-type")!.split(";")[0];
    assert.equal(type, typeof answer === "string" ? answer : mediaType);
    if (typeof answer === "string") await response.body?.cancel();
    else answer.parse(await response.json());
  });
}

Deno.test("the API's document is OpenAPI 3.1, has every path once, and a page for people", async () => {
  const { status, json } = await getJson("/api/v3/openapi.json");
  assert.equal(status, 200);
  assert.deepEqual(json, JSON.parse(JSON.stringify(openApiDocument(server.origin))));
  const document = z.object({
    openapi: z.literal("3.1.0"),
    paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  })
    .parse(json);
  assert.equal(Object.values(document.paths).flatMap((methods) => Object.keys(methods)).length, OPERATIONS.length);
  const page = await (await fetch(`${server.origin}/api/v3/docs`)).text();
  for (const { path } of OPERATIONS) assert.ok(page.includes(path), path);
});

Deno.test("many points at once have the values that each has alone", async () => {
  const points = [{ lat: 39, lon: -98 }, { lat: 45.5, lon: -122.7 }, { lat: 0, lon: 0 }, { lat: 60, lon: -100 }];
  const { status, json } = await getJson(
    "/api/v3/sample",
    post({ model: "hrrr", run: "latest", var: "tmp2m", fh: 1, points }),
  );
  assert.equal(status, 200);
  const { values, run } = samplesAnswerSchema.parse(json);
  assert.equal(run, RUN);
  const alone = await Promise.all(points.map(async ({ lat, lon }) => {
    const { json } = await getJson(`/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=1&lat=${lat}&lon=${lon}`);
    return json === null ? null : sampleAnswerSchema.parse(json).value;
  }));
  assert.deepEqual(values, alone);
  assert.deepEqual(values.map((value) => value === null), [false, false, true, true]);
});

Deno.test("a body that is not what was expected is refused, and named", async () => {
  const good = { model: "hrrr", run: RUN, var: "tmp2m", fh: 1, points: [{ lat: 39, lon: -98 }] };
  const cases: [body: unknown, status: number, detail: RegExp, parameter?: string][] = [
    ["{", 400, /expected JSON/],
    [{ ...good, points: [] }, 400, /"points"/, "points"],
    [{ ...good, points: Array(501).fill(good.points[0]) }, 400, /"points"/, "points"],
    [{ ...good, points: [good.points[0], { lat: 91, lon: 0 }] }, 400, /"points\.1\.lat"/, "points.1.lat"],
    [{ ...good, points: [{ lat: "39", lon: 0 }] }, 400, /expected a latitude/, "points.0.lat"],
    [{ ...good, model: "../etc" }, 400, /"model"/, "model"],
    [{ ...good, fh: 2.5 }, 400, /"fh"/, "fh"],
    [{ ...good, model: "nosuch" }, 404, /nosuch/],
    [{ ...good, units: "C" }, 400, /"units".*not known/, "units"],
    [{ ...good, points: [{ lat: 39, lon: 0, z: 1 }] }, 400, /not known/, "points.0.z"],
    [" ".repeat(70_000), 413, /65536 bytes/],
  ];
  for (const [body, status, detail, parameter] of cases) {
    const answer = await getJson("/api/v3/sample", post(body));
    const problem = problemSchema.parse(answer.json);
    assert.deepEqual([answer.status, problem.parameter], [status, parameter], problem.detail);
    assert.match(problem.detail, detail);
  }
  const foreign = { "text/xml": "", "application/x-www-form-urlencoded": "", "application/json": "gzip" };
  for (const [type, coding] of Object.entries(foreign)) {
    const { status, json } = await getJson("/api/v3/sample", {
      method: "POST",
      headers: { "content-type": type, ...(coding ? { "content-encoding": coding } : {}) },
      body: JSON.stringify(good),
    });
    assert.deepEqual([status, problemSchema.parse(json).status], [415, 415], type);
  }
  const elsewhere = await getJson("/api/v3/models", post(good));
  assert.deepEqual([elsewhere.status, elsewhere.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
});

Deno.test("a point outside is one answer in three forms: 204, null when asked for, null among many", async () => {
  const outside = `/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=1&lat=0&lon=0`;
  assert.equal((await getJson(outside)).status, 204);
  const { status, headers, json } = await getJson(`${outside}&empty=null`);
  assert.deepEqual([status, headers.get("cache-control")], [200, "public, max-age=15"]);
  assert.deepEqual(emptySampleAnswerSchema.parse(json), {
    ...{ value: null, units: "°F", model: "hrrr", run: RUN, var: "tmp2m", fh: 1 },
    ...{ valid_time: "2026-02-17T07:00:00Z", lat: 0, lon: 0 },
  });
  const inside = outside.replace("lat=0&lon=0", "lat=39&lon=-98");
  assert.deepEqual((await getJson(`${inside}&empty=null`)).json, (await getJson(inside)).json);
  const series = (await getJson("/api/v3/series?model=hrrr&run=latest&var=tmp2m&lat=0&lon=0")).json;
  assert.deepEqual(seriesAnswerSchema.parse(series).series[0]!.values.map(({ value }) => value), [null, null, null]);
});

Deno.test("a point is taken in the ways that people write it", async () => {
  const at = async (query: string) => {
    const { status, json } = await getJson(`/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&${query}`);
    assert.equal(status, 200, query);
    return json;
  };
  const expected = await at("fh=1&lat=39&lon=-98");
  for (const query of ["fh=001&lat=39&lon=-98", "fh=1&lat=+39&lon=262", "fh=01&lat=%2B39.0&lon=262.0"]) {
    assert.deepEqual(await at(query), expected, query);
  }
  const points = [{ lat: 39, lon: -98 }, { lat: 39, lon: 262 }];
  const { json } = await getJson("/api/v3/sample", post({ model: "hrrr", run: RUN, var: "tmp2m", fh: 1, points }));
  const [west, east] = samplesAnswerSchema.parse(json).values;
  assert.equal(west, east);
});

Deno.test("a parameter that is not known is named, and never passed over", async () => {
  const sample = `/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=1&lat=39&lon=-98`;
  const series = "/api/v3/series?model=hrrr&run=latest&var=tmp2m&lat=39&lon=-98";
  for (
    const [path, parameter] of [
      ...[[`${sample}&units=C`, "units"], [`${sample}&Empty=null`, "Empty"], [`${sample}&empty=0`, "empty"]],
      ...[[`${series}&fmt=csv`, "fmt"], [`${series}&format=xml`, "format"], [`${series}&__proto__=1`, "__proto__"]],
      ...[["/api/v3/models?limit=5", "limit"], ["/api/v3/hrrr/runs?n=1", "n"], [`/api/v3/hrrr/${RUN}/vars?a`, "a"]],
      ...[[`/api/v3/hrrr/${RUN}/manifest?v=1`, "v"], [`/api/v3/hrrr/${RUN}/tmp2m/frames?x=%C3%A9`, "x"]],
      ["/api/regions?a=1", "a"],
    ] as const
  ) {
    const { status, json } = await getJson(path);
    assert.deepEqual([status, problemSchema.parse(json).parameter], [400, parameter], path);
  }
  const missing = await getJson("/api/v3/sample?model=hrrr&run=latest&var=tmp2m&fh=1&lat=39");
  assert.equal(
    problemSchema.parse(missing.json).detail,
    'Parameter "lon" is missing: expected a longitude in degrees from -180 to 360',
  );
});

Deno.test("a series is a table too, with the values of the JSON", async () => {
  const url = `/api/v3/series?model=hrrr&run=${RUN}&var=tmp2m,refc&lat=39&lon=-98`;
  const { series } = seriesAnswerSchema.parse((await getJson(url)).json);
  const response = await fetch(`${server.origin}${url}&format=csv`);
  assert.equal(response.headers.get("content-type"), "text/csv; charset=utf-8");
  assert.match(response.headers.get("content-disposition")!, /filename="hrrr_20260217_06z_series\.csv"/);
  const lines = (await response.text()).split("\r\n");
  assert.equal(lines.pop(), "");
  const [heading, ...rows] = lines.map((line) => line.split(","));
  assert.deepEqual(heading, ["valid_time", "fh", "tmp2m (°F)", "refc (dBZ)"]);
  const [temperature, reflectivity] = series.map(({ values }) => values);
  assert.deepEqual(
    rows,
    temperature!.map(({ valid_time, fh, value }, i) =>
      [valid_time, fh, value, reflectivity![i]!.value].map((cell) => String(cell ?? ""))
    ),
  );
});

Deno.test("a series has the values that each hour has alone, of several variables at once", async () => {
  const { status, json } = await getJson("/api/v3/series?model=hrrr&run=latest&var=tmp2m,refc&lat=39&lon=-98");
  assert.equal(status, 200);
  const { series } = seriesAnswerSchema.parse(json);
  assert.deepEqual(series.map(({ var: id, values }) => [id, values.map(({ fh }) => Number(fh))]), [
    ["tmp2m", [0, 1, 2]],
    ["refc", [0, 1, 2]],
  ]);
  for (const { var: id, values } of series) {
    for (const { fh, value, valid_time } of values) {
      const alone = await getJson(`/api/v3/sample?model=hrrr&run=${RUN}&var=${id}&fh=${fh}&lat=39&lon=-98`);
      const answer = alone.json === null ? null : sampleAnswerSchema.parse(alone.json);
      assert.equal(value, answer?.value ?? null);
      if (answer) assert.equal(valid_time, answer.valid_time);
    }
  }
  const outside = seriesAnswerSchema.parse(
    (await getJson("/api/v3/series?model=hrrr&run=latest&var=tmp2m&lat=0&lon=0")).json,
  );
  assert.deepEqual(outside.series[0]!.values.map(({ value }) => value), [null, null, null]);
  assert.equal((await getJson("/api/v3/series?model=hrrr&run=latest&var=tmp2m,tmp2m&lat=0&lon=0")).status, 400);
  assert.equal((await getJson("/api/v3/series?model=hrrr&run=latest&var=nosuch&lat=0&lon=0")).status, 404);
});

Deno.test("GDAL and geotiff.js open the COGs over HTTP, and read the value that /sample gives", async () => {
  const url = `${server.origin}/cog/v3/hrrr/${RUN}/tmp2m/1/val.cog.tif`;
  const info = JSON.parse(await gdal("gdalinfo", "-json", `/vsicurl/${url}`));
  const { value: grid } = modelGeometry("hrrr")!.grids;
  assert.deepEqual(info.size, [grid.width, grid.height]);
  const located = Number(await gdal("gdallocationinfo", "-valonly", "-wgs84", `/vsicurl/${url}`, "-98", "39"));
  const { json } = await getJson(`/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=1&lat=39&lon=-98`);
  const { value } = sampleAnswerSchema.parse(json);
  assert.ok(Math.abs(located - value) <= 0.051, `${located} and ${value}`);
  const tiff = await fromUrl(`${server.origin}/cog/v3/hrrr/${RUN}/tmp2m/1/rgba.cog.tif`);
  const image = await tiff.getImage();
  assert.equal(image.getSamplesPerPixel(), 4);
});

Deno.test("a COG says of itself what it is: to GDAL, in the name it is saved under, and by its date", async () => {
  const told = async (file: string) =>
    JSON.parse(await gdal("gdalinfo", "-json", `/vsicurl/${server.origin}/cog/v3/hrrr/${RUN}/tmp2m/1/${file}`));
  const [values, picture] = [await told("val.cog.tif"), await told("rgba.cog.tif")];
  const items = {
    ...{ MODEL: "hrrr", RUN, VARIABLE: "tmp2m", FORECAST_HOUR: "1", LICENCE: "Synthetic data, not a forecast" },
    ...{ REFERENCE_TIME: "2026-02-17T06:00:00Z", VALID_TIME: "2026-02-17T07:00:00Z" },
  };
  for (const { metadata } of [values, picture]) {
    const found = Object.fromEntries(Object.keys(items).map((name) => [name, metadata[""][name]]));
    assert.deepEqual(found, items);
    assert.match(
      metadata[""].TIFFTAG_IMAGEDESCRIPTION,
      /^HRRR 2 m temperature, run of .*, valid 2026-02-17T07:00:00Z$/,
    );
  }
  const [{ description, unit, metadata }] = values.bands;
  assert.deepEqual([description, unit, metadata[""].DISPLAY_ROUNDING], ["2 m temperature", "°F", "0.1"]);
  assert.equal(metadata[""].VALID_TIME, items.VALID_TIME);

  const { headers } = await fetch(`${server.origin}/cog/v3/hrrr/${RUN}/tmp2m/1/val.cog.tif`, { method: "HEAD" });
  assert.equal(headers.get("content-disposition"), `inline; filename="hrrr_${RUN}_tmp2m_fh001.val.cog.tif"`);
});

Deno.test("what may be kept for ever says when it was made, and is not sent again to who has it since", async () => {
  const manifest = await (await fetch(`${server.origin}/api/v3/hrrr/${RUN}/manifest`)).json();
  const { v } = manifest.variables.tmp2m.frames[1];
  const { built_at } = await (await fetch(`${server.origin}/api/v3/hrrr/${RUN}/tmp2m/1`)).json();
  const built = new Date(built_at).toUTCString();
  for (
    const path of [
      ...[`/tiles/v3/hrrr/${RUN}/tmp2m/1/5/7/12.png`, `/cog/v3/hrrr/${RUN}/tmp2m/1/val.cog.tif`],
      ...[`/api/v3/hrrr/${RUN}/tmp2m/1`, `/api/v3/hrrr/${RUN}/tmp2m/1/contours/iso32f`],
      `/api/v3/hrrr/${RUN}/tmp2m/1/legend.png`,
    ]
  ) {
    const ask = async (headers: HeadersInit) => {
      const response = await fetch(`${server.origin}${path}?v=${v}`, { headers });
      await response.body?.cancel();
      return response;
    };
    const { headers } = await ask({});
    assert.match(headers.get("cache-control")!, /immutable/, path);
    assert.equal(headers.get("last-modified"), built, path);
    const again = await ask({ "if-modified-since": built });
    assert.deepEqual([again.status, again.headers.get("last-modified")], [304, built], path);
    assert.equal((await ask({ "if-modified-since": new Date(0).toUTCString() })).status, 200, path);
    assert.equal((await ask({ "if-match": '"other"' })).status, 412, path);
  }
  const page = await (await fetch(`${server.origin}/models-v3`)).text();
  const script = /\/models-v3\/assets\/[^"]+\.js/.exec(page)![0];
  const asset = await fetch(server.origin + script);
  await asset.body?.cancel();
  assert.ok(Date.parse(asset.headers.get("last-modified")!) <= Date.now());
});

Deno.test("lines are a layer for OGR, whole and by ranges", async () => {
  const url = `${server.origin}/api/v3/hrrr/${RUN}/tmp2m/1/contours/iso32f.geojson`;
  const plain = await (await fetch(url.replace(".geojson", ""))).bytes();
  const { features } = JSON.parse(new TextDecoder().decode(plain));
  const listing = await gdal("ogrinfo", "-so", "-al", `/vsicurl/${url}`);
  assert.match(listing, new RegExp(`Feature Count: ${features.length}\\b`));
  const part = await fetch(url, { headers: { range: "bytes=10-19", "accept-encoding": "gzip" } });
  assert.deepEqual([part.status, part.headers.get("content-encoding")], [206, null]);
  assert.equal(part.headers.get("content-range"), `bytes 10-19/${plain.length}`);
  assert.deepEqual(await part.bytes(), plain.slice(10, 20));
  const beyond = await fetch(url, { headers: { range: `bytes=${plain.length}-` } });
  await beyond.body?.cancel();
  assert.equal(beyond.status, 416);
  const whole = await fetch(url, { headers: { "accept-encoding": "gzip" } });
  assert.equal(whole.headers.get("content-disposition"), `inline; filename="hrrr_${RUN}_tmp2m_fh001.iso32f.geojson"`);
  assert.deepEqual(await whole.bytes(), plain);
});

Deno.test("COGs are given by ranges as RFC 9110 has them", async () => {
  const url = `${server.origin}/cog/v3/hrrr/${RUN}/tmp2m/1/val.cog.tif`;
  const file = await Deno.readFile(`${root.dataRoot}/published/hrrr/${RUN}/tmp2m/fh001.val.cog.tif`);
  const get = async (headers: Record<string, string>, method = "GET") => {
    const response = await fetch(url, { headers, method });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, bytes };
  };
  const whole = await get({});
  assert.equal(whole.status, 200);
  assert.deepEqual(whole.bytes, file);
  const etag = whole.headers.get("etag")!;
  const cases: [range: string, first: number, end: number][] = [
    ["bytes=0-15", 0, 16],
    ["bytes=100-", 100, file.length],
    ["bytes=-10", file.length - 10, file.length],
    ["bytes=5-999999999", 5, file.length],
    ["Bytes=0-15", 0, 16], // a unit's name is taken in any case
  ];
  for (const [range, first, end] of cases) {
    const part = await get({ range });
    assert.equal(part.status, 206, range);
    assert.equal(part.headers.get("content-range"), `bytes ${first}-${end - 1}/${file.length}`);
    assert.deepEqual(part.bytes, file.slice(first, end));
  }
  const beyond = await get({ range: `bytes=${file.length}-` });
  assert.deepEqual([beyond.status, beyond.headers.get("content-range")], [416, `bytes */${file.length}`]);
  for (const range of ["bytes=9-3", "bytes=a-b", "bytes=0-1,4-5", "lines=0-1", "bytes=-"]) {
    assert.equal((await get({ range })).status, 200, range);
  }
  assert.equal((await get({ range: "bytes=0-1", "if-range": etag })).status, 206);
  assert.equal((await get({ range: "bytes=0-1", "if-range": '"another"' })).status, 200);
  const modified = whole.headers.get("last-modified")!;
  assert.equal((await get({ range: "bytes=0-1", "if-range": modified })).status, 206);
  assert.equal((await get({ range: "bytes=0-1", "if-range": new Date(0).toUTCString() })).status, 200);
  assert.equal((await get({ "if-match": '"another"' })).status, 412);
  assert.equal((await get({ "if-match": etag })).status, 200);
  assert.equal((await get({ "if-none-match": etag })).status, 304);
  const head = await get({}, "HEAD");
  assert.deepEqual([head.status, head.headers.get("content-length"), head.bytes.length], [200, String(file.length), 0]);
  const trick = await fetch(url.replace("val.cog", "..%2fval.cog"));
  await trick.body?.cancel();
  assert.equal(trick.status, 404);
});

Deno.test("pages of other origins may read, and ask first where a browser does", async () => {
  const response = await fetch(`${server.origin}/api/v3/sample`, {
    method: "OPTIONS",
    headers: {
      origin: "https://example.org",
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type",
    },
  });
  await response.body?.cancel();
  assert.equal(response.status, 204);
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  assert.match(response.headers.get("access-control-allow-methods")!, /POST/);
  assert.match(response.headers.get("access-control-allow-headers")!, /content-type/);
  assert.match(response.headers.get("vary")!, /access-control-request-headers/);

  const preflight = async (asked: string) => {
    const { headers } = await fetch(`${server.origin}/cog/v3/hrrr/${RUN}/tmp2m/1/val.cog.tif`, {
      method: "OPTIONS",
      headers: { "access-control-request-method": "GET", "access-control-request-headers": asked },
    });
    return headers.get("access-control-allow-headers");
  };
  // Cesium's, geotiff.js', and what tracing libraries add.
  for (const asked of ["range", "x-requested-with,if-modified-since", "traceparent, tracestate"]) {
    assert.equal(await preflight(asked), asked);
  }
  for (const hostile of ["a b", "x: y", "x".repeat(2000), "<script>"]) assert.equal(await preflight(hostile), null);

  const options = await fetch(`${server.origin}/api/v3/sample`, { method: "OPTIONS" });
  assert.deepEqual([options.status, options.headers.get("allow")], [204, "GET, HEAD, POST, OPTIONS"]);
});

Deno.test("pages of other origins may read the headers of an answer that clients go by", async () => {
  const part = await fetch(`${server.origin}/cog/v3/hrrr/${RUN}/tmp2m/1/val.cog.tif`, {
    headers: { range: "bytes=0-9" },
  });
  await part.body?.cancel();
  const exposed = part.headers.get("access-control-expose-headers")!.split(", ");
  // A browser itself lets these be read: https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
  const safe = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
  ];
  for (const name of ["content-range", "accept-ranges", "etag", "content-length"]) {
    assert.ok(part.headers.has(name) && (exposed.includes(name) || safe.includes(name)), name);
  }
  for (const name of ["retry-after", "x-cache", "last-modified", "content-disposition"]) {
    assert.ok(exposed.includes(name));
  }
});

Deno.test("a pointer to a run that is not there is damage, and does not hide what is", async () => {
  await using own = await publishedRoot([0, 1, 2]);
  const path = `${own.dataRoot}/published/hrrr/LATEST.json`;
  const latest = JSON.parse(await Deno.readTextFile(path));
  await Deno.writeTextFile(
    path,
    JSON.stringify({ ...latest, run_id: "20260217_09z", cycle_utc: "2026-02-17T09:00:00Z" }),
  );
  using app = await testApp(own.dataRoot);
  const health = await (await app.get("/health")).json();
  assert.equal(health.models[0].latest_run, RUN);
  assert.match(health.damaged[0].reason, /it names 20260217_09z, which cannot be read/);
  for (
    const url of ["/api/v3/hrrr/latest/manifest", "/api/v3/sample?model=hrrr&run=latest&var=tmp2m&fh=0&lat=39&lon=-98"]
  ) {
    const response = await app.get(url);
    await response.body?.cancel();
    assert.equal(response.status, 200, url);
  }
});

Deno.test("a document of a size that nobody wrote is damage", async () => {
  await using own = await publishedRoot([0, 1]);
  const path = `${own.dataRoot}/published/hrrr/${RUN}/tmp2m/fh000.json`;
  await Deno.writeTextFile(path, (await Deno.readTextFile(path)) + " ".repeat(2_000_000));
  await makeManifestOlder(own.dataRoot, frameId(0)); // whose versions would have shown that it was changed
  using app = await testApp(own.dataRoot);
  for (const [url, status] of [["0", 503], ["1", 200]] as const) {
    const response = await app.get(`/api/v3/hrrr/${RUN}/tmp2m/${url}`);
    await response.body?.cancel();
    assert.equal(response.status, status, url);
  }
});
