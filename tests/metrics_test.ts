import assert from "node:assert/strict";
import { hrrr } from "../builder/models/hrrr.ts";
import { registry } from "../builder/operations/metrics.ts";
import { observe } from "../builder/schedule/observe.ts";
import { serveMetrics } from "../builder/operations/serve_metrics.ts";
import { frameId, publishedRoot, RUN } from "./support/published_root.ts";
import { testApp } from "./support/test_app.ts";

/** Returns the complaints of promtool about names, types and help texts. */
async function lint(text: string): Promise<string> {
  const child = new Deno.Command("promtool", { args: ["check", "metrics"], stdin: "piped", stderr: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { stderr } = await child.output();
  return new TextDecoder().decode(stderr).trim();
}

/** Parses metrics into values by name and labels. */
function samplesOf(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ")))]),
  );
}

Deno.test("the server counts requests by route and status, and reports the age of each latest run", async () => {
  await using root = await publishedRoot([0, 1, 2]);
  using server = await testApp(root.dataRoot);
  const tile = `/tiles/v3/hrrr/${RUN}/tmp2m/0/5/7/12.png`;
  for (const path of [tile, tile, "/tiles/v3/hrrr/no", "/api/v3/models", "/livez", `/${"x".repeat(500)}`]) {
    await (await server.get(path)).body?.cancel();
  }
  const response = await server.get("/metrics");
  assert.match(response.headers.get("content-type")!, /^text\/plain/);
  assert.equal(response.headers.get("cache-control"), "no-store");
  const text = await response.text();
  const samples = samplesOf(text);
  assert.equal(samples.get('twf_server_requests_total{route="tile",status="200"}'), 2);
  assert.equal(samples.get('twf_server_requests_total{route="tilejson",status="404"}'), 1);
  assert.equal(samples.get('twf_server_requests_total{route="other",status="404"}'), 1);
  assert.equal(samples.get("twf_server_tile_cache_hits_total"), 1);
  assert.equal(samples.get("twf_server_tile_cache_misses_total"), 1);
  assert.equal(samples.get('twf_server_published_frames{model="hrrr"}'), 3);
  assert.ok(samples.get('twf_server_latest_run_age_seconds{model="hrrr"}')! > 1e6);
  assert.equal(samples.get('twf_server_stale_after_seconds{model="hrrr"}'), 4 * 3600);
  assert.ok(samples.get("process_resident_memory_bytes")! > 1e7);
  assert.equal(await lint(text), "");
});

Deno.test("the scheduler counts frames and failures, times phases, and drops metrics of a removed run", async () => {
  registry.resetMetrics();
  const { model } = frameId(0);
  const timingsMs = { fetch: 400, decode: 50, warp: 40, stage: 20, publish: 10 };
  observe(model, { kind: "frame", outcome: { frame: frameId(0), status: "published", timingsMs, lagS: 7 } });
  const failed = {
    frame: frameId(1),
    status: "failed",
    failure: "gate",
    errorName: "GateError",
    reason: "constant",
  } as const;
  observe(model, { kind: "frame", outcome: failed });
  observe(model, { kind: "retry", frame: frameId(1) });
  observe(model, { kind: "given up", frame: frameId(1), attempts: 5, reason: "constant" });
  observe(model, { kind: "promoted", run: RUN });
  observe(model, { kind: "waiting", ms: 5000, runs: [RUN], overdueMs: 90_000 });
  {
    await using server = serveMetrics(0);
    const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
    const samples = samplesOf(text);
    const build = "twf_offline_tile_build_duration_seconds";
    assert.equal(samples.get(`${build}_sum{model="hrrr",var="tmp2m",phase="warp"}`), 0.04);
    assert.equal(samples.get(`${build}_sum{model="hrrr",var="tmp2m",phase="total"}`), 0.12);
    assert.equal(samples.get(`twf_offline_run_build_seconds{model="hrrr",run="${RUN}"}`), 0.12);
    const validation = "twf_offline_tile_validation_results_total";
    assert.equal(samples.get(`${validation}{model="hrrr",check="gates",outcome="passed"}`), 1);
    assert.equal(samples.get(`${validation}{model="hrrr",check="gates",outcome="failed"}`), 1);
    assert.equal(samples.get('twf_offline_frame_errors_total{model="hrrr",error="GateError"}'), 1);
    assert.equal(samples.get('twf_offline_frame_retries_total{model="hrrr"}'), 1);
    assert.equal(samples.get('twf_offline_frames_total{model="hrrr",status="given_up"}'), 1);
    assert.equal(samples.get('twf_offline_publish_lag_seconds_sum{model="hrrr"}'), 7);
    assert.equal(samples.get('twf_offline_upstream_lag_seconds{model="hrrr"}'), 90);
    assert.equal(
      samples.get('twf_offline_latest_run_timestamp_seconds{model="hrrr"}'),
      Date.UTC(2026, 1, 17, 6) / 1000,
    );
    assert.equal(await lint(text), "");
  }
  observe(hrrr.id, { kind: "removed", run: RUN, isEarly: false });
  assert.doesNotMatch(await registry.metrics(), new RegExp(RUN));
});
