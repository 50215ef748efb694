import assert from "node:assert/strict";
import { sampleAnswerSchema, sampleOrEmptySchema, samplesAnswerSchema, seriesAnswerSchema } from "../contract/api.ts";
import { problemSchema } from "../contract/problem.ts";
import { jsonPost } from "./support/ask_json.ts";
import { RUN } from "./support/published_root.ts";
import { publishedServer } from "./support/published_server.ts";

/** Tests of values at points: one, many at once, and through all hours; each is compared with another request. */

const server = await publishedServer([0, 1, 2], ["tmp2m", "refc"]);

Deno.test("many points at once have the values that each point has alone", async () => {
  const points = [{ lat: 39, lon: -98 }, { lat: 45.5, lon: -122.7 }, { lat: 0, lon: 0 }, { lat: 60, lon: -100 }];
  const { status, json } = await server.getJson(
    "/api/v3/sample",
    jsonPost({ model: "hrrr", run: "latest", var: "tmp2m", fh: 1, points }),
  );
  assert.equal(status, 200);
  const { values, run } = samplesAnswerSchema.parse(json);
  assert.equal(run, RUN);
  const alone = await Promise.all(points.map(async ({ lat, lon }) => {
    const { json } = await server.getJson(`/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=1&lat=${lat}&lon=${lon}`);
    return json === null ? null : sampleAnswerSchema.parse(json).value;
  }));
  assert.deepEqual(values, alone);
  assert.deepEqual(values.map((value) => value === null), [false, false, true, true]);
});

Deno.test("a bad body is refused, and the answer names the wrong member", async () => {
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
    [{ ...good, units: "C" }, 400, /"units".*unknown member/, "units"],
    [{ ...good, points: [{ lat: 39, lon: 0, z: 1 }] }, 400, /unknown member/, "points.0.z"],
    [" ".repeat(70_000), 413, /65536 bytes/],
  ];
  for (const [body, status, detail, parameter] of cases) {
    const answer = await server.getJson("/api/v3/sample", jsonPost(body));
    const problem = problemSchema.parse(answer.json);
    assert.deepEqual([answer.status, problem.parameter], [status, parameter], problem.detail);
    assert.match(problem.detail, detail);
  }
  const foreign = { "text/xml": "", "application/x-www-form-urlencoded": "", "application/json": "gzip" };
  for (const [type, coding] of Object.entries(foreign)) {
    const { status, json } = await server.getJson("/api/v3/sample", {
      method: "POST",
      headers: { "content-type": type, ...(coding ? { "content-encoding": coding } : {}) },
      body: JSON.stringify(good),
    });
    assert.deepEqual([status, problemSchema.parse(json).status], [415, 415], type);
  }
  const elsewhere = await server.getJson("/api/v3/models", jsonPost(good));
  assert.deepEqual([elsewhere.status, elsewhere.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
});

Deno.test("a point outside the coverage is 204, null with empty=null, and null in a series", async () => {
  const outside = `/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=1&lat=0&lon=0`;
  assert.equal((await server.getJson(outside)).status, 204);
  const { status, headers, json } = await server.getJson(`${outside}&empty=null`);
  assert.deepEqual([status, headers.get("cache-control")], [200, "public, max-age=15"]);
  assert.deepEqual(sampleOrEmptySchema.parse(json), {
    value: null,
    units: "°F",
    model: "hrrr",
    run: RUN,
    var: "tmp2m",
    frame: "1",
    fh: 1,
    valid_time: "2026-02-17T07:00:00Z",
    lat: 0,
    lon: 0,
  });
  const inside = outside.replace("lat=0&lon=0", "lat=39&lon=-98");
  assert.deepEqual((await server.getJson(`${inside}&empty=null`)).json, (await server.getJson(inside)).json);
  const series = (await server.getJson("/api/v3/series?model=hrrr&run=latest&var=tmp2m&lat=0&lon=0")).json;
  assert.deepEqual(seriesAnswerSchema.parse(series).series[0]!.values.map(({ value }) => value), [null, null, null]);
});

Deno.test("a point is accepted in every usual notation", async () => {
  const at = async (query: string) => {
    const { status, json } = await server.getJson(`/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&${query}`);
    assert.equal(status, 200, query);
    return json;
  };
  const expected = await at("fh=1&lat=39&lon=-98");
  for (const query of ["fh=001&lat=39&lon=-98", "fh=1&lat=+39&lon=262", "fh=01&lat=%2B39.0&lon=262.0"]) {
    assert.deepEqual(await at(query), expected, query);
  }
  const points = [{ lat: 39, lon: -98 }, { lat: 39, lon: 262 }];
  const { json } = await server.getJson(
    "/api/v3/sample",
    jsonPost({ model: "hrrr", run: RUN, var: "tmp2m", fh: 1, points }),
  );
  const [west, east] = samplesAnswerSchema.parse(json).values;
  assert.equal(west, east);
});

Deno.test("an unknown parameter is refused by name, and never ignored", async () => {
  const sample = `/api/v3/sample?model=hrrr&run=${RUN}&var=tmp2m&fh=1&lat=39&lon=-98`;
  const series = "/api/v3/series?model=hrrr&run=latest&var=tmp2m&lat=39&lon=-98";
  for (
    const [path, parameter] of [
      [`${sample}&units=C`, "units"],
      [`${sample}&Empty=null`, "Empty"],
      [`${sample}&empty=0`, "empty"],
      [`${series}&fmt=csv`, "fmt"],
      [`${series}&format=xml`, "format"],
      [`${series}&__proto__=1`, "__proto__"],
      ["/api/v3/models?limit=5", "limit"],
      ["/api/v3/hrrr/runs?n=1", "n"],
      [`/api/v3/hrrr/${RUN}/vars?a`, "a"],
      [`/api/v3/hrrr/${RUN}/manifest?v=1`, "v"],
      [`/api/v3/hrrr/${RUN}/tmp2m/frames?x=%C3%A9`, "x"],
      ["/api/regions?a=1", "a"],
    ] as const
  ) {
    const { status, json } = await server.getJson(path);
    assert.deepEqual([status, problemSchema.parse(json).parameter], [400, parameter], path);
  }
  const missing = await server.getJson("/api/v3/sample?model=hrrr&run=latest&var=tmp2m&fh=1&lat=39");
  assert.equal(
    problemSchema.parse(missing.json).detail,
    'Parameter "lon" is required: expected a longitude in degrees from -180 to 360',
  );
});

Deno.test("a series as CSV has the values of the JSON", async () => {
  const url = `/api/v3/series?model=hrrr&run=${RUN}&var=tmp2m,refc&lat=39&lon=-98`;
  const { series } = seriesAnswerSchema.parse((await server.getJson(url)).json);
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

Deno.test("a series of several variables has the values that each hour has alone", async () => {
  const { status, json } = await server.getJson("/api/v3/series?model=hrrr&run=latest&var=tmp2m,refc&lat=39&lon=-98");
  assert.equal(status, 200);
  const { series } = seriesAnswerSchema.parse(json);
  assert.deepEqual(series.map(({ var: id, values }) => [id, values.map(({ fh }) => fh)]), [
    ["tmp2m", [0, 1, 2]],
    ["refc", [0, 1, 2]],
  ]);
  for (const { var: id, values } of series) {
    for (const { fh, value, valid_time } of values) {
      const alone = await server.getJson(`/api/v3/sample?model=hrrr&run=${RUN}&var=${id}&fh=${fh}&lat=39&lon=-98`);
      const answer = alone.json === null ? null : sampleAnswerSchema.parse(alone.json);
      assert.equal(value, answer?.value ?? null);
      if (answer) assert.equal(valid_time, answer.valid_time);
    }
  }
  const outside = seriesAnswerSchema.parse(
    (await server.getJson("/api/v3/series?model=hrrr&run=latest&var=tmp2m&lat=0&lon=0")).json,
  );
  assert.deepEqual(outside.series[0]!.values.map(({ value }) => value), [null, null, null]);
  assert.equal((await server.getJson("/api/v3/series?model=hrrr&run=latest&var=tmp2m,tmp2m&lat=0&lon=0")).status, 400);
  assert.equal((await server.getJson("/api/v3/series?model=hrrr&run=latest&var=nosuch&lat=0&lon=0")).status, 404);
});
