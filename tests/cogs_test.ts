import assert from "node:assert/strict";
import { fromUrl } from "geotiff";
import { sampleAnswerSchema } from "../contract/api.ts";
import { modelGeometry } from "../contract/models.ts";
import { gdal } from "./support/gdal_program.ts";
import { RUN } from "./support/published_root.ts";
import { publishedServer } from "./support/published_server.ts";

/** Tests of a frame's files as other programs read them over HTTP. */

const server = await publishedServer([0, 1, 2], ["tmp2m", "refc"]);

Deno.test("GDAL and geotiff.js open the COGs over HTTP, and read the value that /sample gives", async () => {
  const url = `${server.origin}/cog/v3/hrrr/${RUN}/tmp2m/1/val.cog.tif`;
  const info = JSON.parse(await gdal("gdalinfo", "-json", `/vsicurl/${url}`));
  const { grid } = modelGeometry("hrrr")!;
  assert.deepEqual(info.size, [grid.width, grid.height]);
  const located = Number(await gdal("gdallocationinfo", "-valonly", "-wgs84", `/vsicurl/${url}`, "-98", "39"));
  const { json } = await server.getJson(`/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=1&lat=39&lon=-98`);
  const { value } = sampleAnswerSchema.parse(json);
  assert.ok(Math.abs(located - value) <= 0.5, `${located} and ${value}`);
  const tiff = await fromUrl(`${server.origin}/cog/v3/hrrr/${RUN}/tmp2m/1/rgba.cog.tif`);
  const image = await tiff.getImage();
  assert.equal(image.getSamplesPerPixel(), 4);
});

Deno.test("a COG describes itself: GDAL reads its metadata, and Content-Disposition names its frame", async () => {
  const told = async (file: string) =>
    JSON.parse(await gdal("gdalinfo", "-json", `/vsicurl/${server.origin}/cog/v3/hrrr/${RUN}/tmp2m/1/${file}`));
  const [values, picture] = [await told("val.cog.tif"), await told("rgba.cog.tif")];
  const items = {
    MODEL: "hrrr",
    RUN,
    VARIABLE: "tmp2m",
    FORECAST_HOUR: "1",
    LICENCE: "Synthetic data, not a forecast",
    REFERENCE_TIME: "2026-02-17T06:00:00Z",
    VALID_TIME: "2026-02-17T07:00:00Z",
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
  assert.deepEqual([description, unit, metadata[""].DISPLAY_ROUNDING], ["2 m temperature", "°F", "1"]);
  assert.equal(metadata[""].VALID_TIME, items.VALID_TIME);

  const { headers } = await fetch(`${server.origin}/cog/v3/hrrr/${RUN}/tmp2m/1/val.cog.tif`, { method: "HEAD" });
  assert.equal(headers.get("content-disposition"), `inline; filename="hrrr_${RUN}_tmp2m_fh001.val.cog.tif"`);
});

Deno.test("an immutable answer has Last-Modified, and If-Modified-Since of that date gives 304", async () => {
  const manifest = await (await fetch(`${server.origin}/api/v3/hrrr/${RUN}/manifest`)).json();
  const { v } = manifest.variables.tmp2m.frames[1];
  const { built_at } = await (await fetch(`${server.origin}/api/v3/hrrr/${RUN}/tmp2m/1`)).json();
  const built = new Date(built_at).toUTCString();
  for (
    const path of [
      `/tiles/v3/hrrr/${RUN}/tmp2m/1/5/7/12.png`,
      `/cog/v3/hrrr/${RUN}/tmp2m/1/val.cog.tif`,
      `/api/v3/hrrr/${RUN}/tmp2m/1`,
      `/api/v3/hrrr/${RUN}/tmp2m/1/contours/iso32f`,
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
  const script = `/${/models-v3\/assets\/[^"]+\.js/.exec(page)![0]}`;
  const asset = await fetch(server.origin + script);
  await asset.body?.cancel();
  assert.ok(Date.parse(asset.headers.get("last-modified")!) <= Date.now());
});

Deno.test("contours are a layer for OGR, whole and by byte ranges", async () => {
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

Deno.test("COGs are served by byte ranges as RFC 9110 requires", async () => {
  const url = `${server.origin}/cog/v3/hrrr/${RUN}/tmp2m/1/val.cog.tif`;
  const file = await Deno.readFile(`${server.dataRoot}/published/hrrr/${RUN}/tmp2m/fh001.val.cog.tif`);
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
    ["Bytes=0-15", 0, 16], // range units are case-insensitive
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
