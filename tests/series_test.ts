import assert from "node:assert/strict";
import { sampleAnswerSchema, type SeriesAnswer, seriesAnswerSchema } from "../contract/api.ts";
import { artifactPath } from "../contract/paths.ts";
import { problemSchema } from "../contract/problem.ts";
import { sampleUrl } from "../contract/urls.ts";
import { eventually } from "./support/eventually.ts";
import { makeOlder } from "./support/older_frame.ts";
import { frameId, publishedRoot, publishHour, RUN } from "./support/published_root.ts";
import { type TestApp, testApp } from "./support/test_app.ts";

const VARIABLES = ["tmp2m", "radar_ptype"];
/** Published hours: 1 and 3 are missing, and hour 2 is of an older builder. */
const HOURS = [0, 2, 4];

const root = await publishedRoot(HOURS, VARIABLES);
for (const variable of VARIABLES) await makeOlder(root.dataRoot, frameId(2, variable));
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());

/** Points inland, at sea, outside the model's domain, at the corners of the grid, and beyond the grid. */
const POINTS: [lat: number, lon: number][] = [
  [[39, -98], [45.52, -122.68], [30.1, -94.2], [25, -90], [52.9, -133.9], [21.1, -133.9], [52.9, -60.1]],
  [[53.0054, -134.1005], [20.9676, -59.9357], [21, -60], [0, 0], [38.123456, -77.5]],
].flat() as [number, number][];

async function seriesAt(app: TestApp, lat: number, lon: number): Promise<SeriesAnswer> {
  const response = await app.get(`/api/v3/series?model=hrrr&run=${RUN}&var=${VARIABLES}&lat=${lat}&lon=${lon}`);
  assert.equal(response.status, 200);
  return seriesAnswerSchema.parse(await response.json());
}

Deno.test("a series equals the samples of its hours, cold and cached, also without a row index", async () => {
  using app = await testApp(root.dataRoot);
  let values = 0;
  let labels = 0;
  for (const [lat, lon] of POINTS) {
    const cold = await seriesAt(app, lat, lon);
    assert.deepEqual(await seriesAt(app, lat, lon), cold);
    assert.deepEqual(cold.series.map(({ var: id, values }) => [id, values.map(({ fh }) => fh)]), [
      ["tmp2m", HOURS],
      ["radar_ptype", HOURS],
    ]);
    using other = await testApp(root.dataRoot);
    for (const { var: id, units, values: hours } of cold.series) {
      for (const hour of hours) {
        const response = await other.get(sampleUrl({ ...frameId(hour.fh!, id), latDeg: lat, lonDeg: lon }));
        if (hour.value === null) {
          assert.equal(response.status, 204);
          continue;
        }
        const alone = sampleAnswerSchema.parse(await response.json());
        assert.deepEqual([hour.value, hour.label, hour.valid_time, units], [
          alone.value,
          alone.label,
          alone.valid_time,
          alone.units,
        ]);
        values++;
        if (hour.label !== undefined) labels++;
      }
    }
  }
  assert.ok(values >= 24 && labels >= 12, `${values} values, ${labels} labels`);
});

Deno.test("a series keeps only the files of frames without a row index open", async () => {
  using app = await testApp(root.dataRoot);
  await seriesAt(app, 39, -98);
  const metrics = await (await app.get("/metrics")).text();
  assert.match(metrics, /^twf_server_open_files 2$/m);
  assert.match(metrics, new RegExp(`^twf_server_block_cache_bytes ${2 * 2 * 8192 + 2 * 1024 ** 2}$`, "m"));
});

Deno.test("a newly published hour is in the next series", async () => {
  await using own = await publishedRoot([0]);
  using app = await testApp(own.dataRoot);
  const hours = async () => {
    const response = await app.get(`/api/v3/series?model=hrrr&run=${RUN}&var=tmp2m&lat=39&lon=-98`);
    return seriesAnswerSchema.parse(await response.json()).series[0]!.values.map((
      { fh, value },
    ) => [fh, value === null]);
  };
  assert.deepEqual(await hours(), [[0, false]]);
  await publishHour(own.dataRoot, RUN, 3);
  await eventually(async () => (await hours()).length > 1, "the series has the hour that came");
  assert.deepEqual(await hours(), [[0, false], [3, false]]);
});

Deno.test("a damaged frame in a series is 503, a missing one is 404, and no value is invented", async () => {
  await using own = await publishedRoot([0, 1]);
  const path = `${own.dataRoot}/${artifactPath("published", frameId(1), "values")}`;
  const url = `/api/v3/series?model=hrrr&run=${RUN}&var=tmp2m&lat=39&lon=-98`;
  const elsewhere = url.replace("lat=39", "lat=41");
  using warm = await testApp(own.dataRoot);
  assert.equal((await warm.get(url)).status, 200);
  const answers = async () => {
    using cold = await testApp(own.dataRoot);
    return [await warm.get(elsewhere), await cold.get(url)];
  };
  const bytes = await Deno.readFile(path);
  await Deno.writeFile(path, bytes.fill(0x5a, 250_000, bytes.length - 10_000)); // the row groups, not their index
  for (const { status } of await answers()) assert.equal(status, 503);
  await Deno.remove(path);
  for (const response of await answers()) {
    assert.equal(response.status, 404);
    const { detail } = problemSchema.parse(await response.json());
    assert.match(detail!, /^No frame hrrr\/20260217_06z\/tmp2m\/1 is published/);
  }
  assert.equal((await warm.get(url)).status, 200); // cached values are still right
});

Deno.test("a series has a bounded number of variables", async () => {
  await using own = await publishedRoot([0]);
  using app = await testApp(own.dataRoot);
  const ask = async (count: number) => {
    const names = ["tmp2m", ...Array.from({ length: count - 1 }, (_, i) => `other${i}`)].join();
    const response = await app.get(`/api/v3/series?model=hrrr&run=${RUN}&var=${names}&lat=39&lon=-98`);
    await response.body?.cancel();
    return response.status;
  };
  assert.equal(await ask(1), 200);
  assert.equal(await ask(100), 400);
});
