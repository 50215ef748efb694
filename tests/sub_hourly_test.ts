import assert from "node:assert/strict";
import { sampleAnswerSchema, samplesAnswerSchema, seriesAnswerSchema } from "../contract/api.ts";
import { artifactPath } from "../contract/paths.ts";
import { sidecarSchema } from "../contract/sidecar.ts";
import { frame } from "./support/identity.ts";
import { publishedRoot, publishMadeUp, RUN } from "./support/published_root.ts";
import { testApp } from "./support/test_app.ts";

const QUARTER = frame(`hrrr/${RUN}/tmp2m/0m15`);
const root = await publishedRoot([1, 0]);
await publishMadeUp(root.dataRoot, QUARTER);
const app = await testApp(root.dataRoot);
Deno.test.afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await root[Symbol.asyncDispose]();
});

const API = `/api/v3/hrrr/${RUN}/tmp2m`;
const json = async (path: string) => {
  const response = await app.get(path);
  assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`);
  return await response.json();
};

Deno.test("a frame between hours is listed in order of time, and has `frame` but no `fh`", async () => {
  const { frames } = await json(`${API}/frames`);
  assert.deepEqual(
    frames.map(({ frame, fh, valid_time }: Record<string, unknown>) => [frame, fh, valid_time]),
    [
      ["0", 0, "2026-02-17T06:00:00Z"],
      ["0m15", undefined, "2026-02-17T06:15:00Z"],
      ["1", 1, "2026-02-17T07:00:00Z"],
    ],
  );
  const { isFile } = await Deno.stat(`${root.dataRoot}/published/hrrr/${RUN}/tmp2m/fh000m15.rgba.cog.tif`);
  assert.ok(isFile);
  assert.equal(artifactPath("published", QUARTER, "rgba").split("/").at(-1), "fh000m15.rgba.cog.tif");
});

Deno.test("a frame between hours has tiles, a sidecar, contours, a legend and COGs, immutable with its version", async () => {
  const { v } = (await json(`${API}/frames`)).frames[1];
  const paths = [
    `/tiles/v3/hrrr/${RUN}/tmp2m/0m15/5/7/12.png`,
    `${API}/0m15`,
    `${API}/0m15/contours/every10f`,
    `${API}/0m15/legend.png`,
    `/cog/v3/hrrr/${RUN}/tmp2m/0m15/val.cog.tif`,
  ];
  for (const path of paths) {
    const [right, wrong] = [await app.get(`${path}?v=${v}`), await app.get(`${path}?v=0123456789ab`)];
    assert.equal(right.status, 200, path);
    assert.match(right.headers.get("cache-control")!, /immutable/, path);
    assert.equal(wrong.status, 404, path);
    await Promise.all([right.body?.cancel(), wrong.body?.cancel()]);
  }
  const sidecar = sidecarSchema.parse(await json(`${API}/0m15`));
  assert.deepEqual([sidecar.frame, sidecar.fh, sidecar.valid_time], ["0m15", undefined, "2026-02-17T06:15:00Z"]);
  assert.deepEqual(sidecar.source.grib_messages, ["TMP:2 m above ground:15 min fcst"]);
  const { tiles } = await json(`/tiles/v3/hrrr/${RUN}/tmp2m/0m15/tilejson.json`);
  assert.match(tiles[0], /\/tmp2m\/0m15\/\{z\}/);
});

Deno.test("a frame between hours is sampled at one point, at many, and in a series", async () => {
  const at = (fh: string) => json(`/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=${fh}&lat=39&lon=-98`);
  const one = sampleAnswerSchema.parse(await at("0m15"));
  assert.deepEqual([one.frame, one.fh], ["0m15", undefined]);
  assert.deepEqual(await at("000m15"), one, "leading zeros, as in file names");
  assert.notEqual(one.value, sampleAnswerSchema.parse(await at("1")).value);
  const body = JSON.stringify({
    model: "hrrr",
    run: RUN,
    var: "tmp2m",
    fh: "0m15",
    points: [{ lat: 39, lon: -98 }],
  });
  const headers = { "content-type": "application/json" };
  const many = await app.fetch(new Request("http://localhost/api/v3/sample", { method: "POST", body, headers }));
  assert.deepEqual(samplesAnswerSchema.parse(await many.json()).values, [one.value]);
  const { series } = seriesAnswerSchema.parse(
    await json(`/api/v3/series?model=hrrr&run=${RUN}&var=tmp2m&lat=39&lon=-98`),
  );
  assert.deepEqual(series[0]!.values.map(({ frame }) => frame), ["0", "0m15", "1"]);
  assert.equal(series[0]!.values[1]!.value, one.value);
});

Deno.test("a frame between hours is found by its time over WMTS", async () => {
  const query =
    "service=WMTS&request=GetTile&version=1.0.0&style=default&format=image/png&tilematrixset=WebMercatorQuadx2" +
    "&layer=hrrr_tmp2m&tilematrix=5&tilerow=12&tilecol=7";
  const tile = async (path: string) => new Uint8Array(await (await app.get(path)).arrayBuffer());
  const direct = await tile(`/tiles/v3/hrrr/${RUN}/tmp2m/0m15/5/7/12.png`);
  assert.deepEqual(await tile(`/wmts/v3?${query}&time=2026-02-17T06:15:00Z`), direct);
});

Deno.test("a frame has one text: others are refused, and one that is not published is not there", async () => {
  for (const text of ["0m00", "0m5", "0m60", "00m15", "0M15", "15m", "m15"]) {
    assert.equal((await app.get(`${API}/${text}`)).status, 400, text);
  }
  assert.equal((await app.get(`${API}/0m30`)).status, 404);
});
