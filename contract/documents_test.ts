import assert from "node:assert/strict";
import { latestSchema, manifestSchema } from "./manifest.ts";
import { problemSchema } from "./problem.ts";
import { regionsSchema } from "./regions.ts";
import { sampleAnswerSchema, sampleFrameSchema, samplePointSchema } from "./api.ts";
import { sidecarSchema } from "./sidecar.ts";
import { EXAMPLE_SIDECAR } from "../tests/support/example_sidecar.ts";
import { leadOfHours } from "./lead.ts";

const MANIFEST = {
  contract_version: "3.0",
  model: "hrrr",
  run: "20260222_00z",
  complete: false,
  variables: {
    tmp2m: {
      name: "2 m temperature",
      group: "Temperature",
      kind: "continuous",
      units: "°F",
      expected_frames: 49,
      available_frames: 2,
      frames: [{ frame: "0", fh: 0, valid_time: "2026-02-22T00:00:00Z" }, {
        frame: "1",
        fh: 1,
        valid_time: "2026-02-22T01:00:00Z",
      }],
    },
  },
  last_updated: "2026-02-22T01:00:00Z",
};

Deno.test("sidecarSchema keeps all members of a sidecar through JSON", () => {
  const parsed = sidecarSchema.parse(JSON.parse(JSON.stringify(EXAMPLE_SIDECAR)));
  assert.deepEqual(parsed, EXAMPLE_SIDECAR);
});

Deno.test("sidecarSchema refuses another version, a foreign file name and a missing or impossible number", () => {
  const wrong = [
    { ...EXAMPLE_SIDECAR, contract_version: "2.0" },
    { ...EXAMPLE_SIDECAR, min: null },
    {
      ...EXAMPLE_SIDECAR,
      artifacts: { ...EXAMPLE_SIDECAR.artifacts, rgba: { ...EXAMPLE_SIDECAR.artifacts.rgba, file: "../x.tif" } },
    },
    { ...EXAMPLE_SIDECAR, stats: { ...EXAMPLE_SIDECAR.stats, valid_fraction: 1.2 } },
  ];
  for (const document of wrong) assert.equal(sidecarSchema.safeParse(document).success, false);
});

Deno.test("manifestSchema keeps all members of a manifest", () => {
  assert.deepEqual(manifestSchema.parse(MANIFEST), MANIFEST);
});

Deno.test("manifestSchema refuses counts that do not add up", () => {
  const { tmp2m } = MANIFEST.variables;
  const withVariable = (change: object) => ({ ...MANIFEST, variables: { tmp2m: { ...tmp2m, ...change } } });
  assert.equal(manifestSchema.safeParse(withVariable({ available_frames: 3 })).success, false);
  assert.equal(manifestSchema.safeParse(withVariable({ expected_frames: 1 })).success, false);
  assert.equal(manifestSchema.safeParse(withVariable({ frames: [...tmp2m.frames].reverse() })).success, false);
  assert.equal(manifestSchema.safeParse({ ...MANIFEST, variables: { "../x": tmp2m } }).success, false);
});

Deno.test("latestSchema requires a run whose date exists", () => {
  const latest = {
    run_id: "20260222_00z",
    cycle_utc: "2026-02-22T00:00:00Z",
    updated_utc: "2026-02-22T01:00:00Z",
    source: "scheduler_v3",
  };
  assert.deepEqual(latestSchema.parse(latest), latest);
  assert.equal(latestSchema.safeParse({ ...latest, run_id: "20260232_00z" }).success, false);
});

Deno.test("regionsSchema requires boxes with west below east and south below north", () => {
  const region = { label: "A", bbox: [-126, 41.5, -116, 49.5], defaultCenter: [-120.8, 45.6], defaultZoom: 6 };
  assert.deepEqual(regionsSchema.parse({ pnw: region }), { pnw: region });
  assert.equal(regionsSchema.safeParse({ pnw: { ...region, bbox: [-116, 41.5, -126, 49.5] } }).success, false);
  assert.equal(regionsSchema.safeParse({ pnw: { ...region, defaultCenter: [-220, 45] } }).success, false);
});

Deno.test("sampleFrameSchema accepts a run or latest", () => {
  const frame = { model: "hrrr", run: "latest", var: "tmp2m", fh: "3" };
  assert.deepEqual(sampleFrameSchema.parse(frame), { ...frame, fh: leadOfHours(3) });
  assert.equal(sampleFrameSchema.parse({ ...frame, fh: "003" }).fh, leadOfHours(3));
  for (const fh of ["0003", "-1", "3.0", "", "x"]) {
    assert.equal(sampleFrameSchema.safeParse({ ...frame, fh }).success, false);
  }
  assert.equal(sampleFrameSchema.safeParse({ ...frame, run: "20260222_00z" }).success, true);
  assert.equal(sampleFrameSchema.safeParse({ ...frame, run: "newest" }).success, false);
});

Deno.test("samplePointSchema requires plain decimal degrees", () => {
  const point = { lat: "45.52", lon: "-122.68" };
  assert.deepEqual(samplePointSchema.parse(point), { lat: 45.52, lon: -122.68 });
  for (const lat of ["1e2", "1e308", "NaN", "Infinity", "91", "-90.1", "", "  1", "+-1", "1 ", "0x10", "1,5", "４５"]) {
    const parsed = samplePointSchema.safeParse({ ...point, lat });
    assert.equal(parsed.success, false, lat);
    assert.deepEqual(parsed.error!.issues[0]!.path, ["lat"]);
  }
  for (
    const [lon, degrees] of [
      ["180", 180],
      ["-180", -180],
      ["0", 0],
      ["237.32", -122.68],
      ["360", 0],
      ["180.5", -179.5],
      ["+40", 40],
      [" 40", 40],
      ["-0.5", -0.5],
    ] as const
  ) assert.equal(samplePointSchema.parse({ ...point, lon }).lon, degrees);
  for (const lon of ["360.1", "-180.1", "400"]) {
    assert.equal(samplePointSchema.safeParse({ ...point, lon }).success, false);
  }
});

Deno.test("sampleAnswerSchema refuses NaN", () => {
  const answer = {
    value: NaN,
    units: "°F",
    model: "hrrr",
    run: "20260222_00z",
    var: "tmp2m",
    frame: "0",
    fh: 0,
    valid_time: "2026-02-22T00:00:00Z",
    lat: 0,
    lon: 0,
  };
  assert.equal(sampleAnswerSchema.safeParse(answer).success, false);
  assert.equal(sampleAnswerSchema.safeParse({ ...answer, value: 42.5 }).success, true);
});

Deno.test("problemSchema refuses a status that is not a failure", () => {
  const problem = { type: "about:blank", title: "Not found", status: 404, detail: "…" };
  assert.deepEqual(problemSchema.parse(problem), problem);
  assert.equal(problemSchema.safeParse({ ...problem, status: 200 }).success, false);
});
