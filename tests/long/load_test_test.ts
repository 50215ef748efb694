import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { knownScenarios, readScenario } from "../../bench/load_test/scenario.ts";
import { discover, targetsOf } from "../../bench/load_test/requests.ts";
import { patternSchema } from "../../bench/load_test/scenario.ts";
import { publishedRoot, RUN } from "../support/published_root.ts";
import { startServer } from "../support/server_process.ts";
import { tempDir } from "../support/temp_dir.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const ARGS = [
  "run",
  "--quiet",
  "--allow-net",
  "--allow-read",
  "--allow-env",
  "--allow-run",
  "bench/load_test/main.ts",
];

async function loadTest(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    cwd: ROOT,
    args: [...ARGS, ...args],
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

Deno.test("load-test measures a server, compares two, and fails when a threshold is missed", async () => {
  await using root = await publishedRoot([0, 1, 2]);
  await using server = await startServer(root.dataRoot);
  await using other = await startServer(root.dataRoot);
  await using folder = await tempDir();
  const scenario = async (text: string) => {
    await Deno.writeTextFile(
      `${folder.path}/own.yaml`,
      `description: own\nduration_s: 1\nwarm_up_s: 0\nclients: 1\n${text}`,
    );
    return ["run", "--scenario", `${folder.path}/own.yaml`, "--url", server.origin, "--workers", "1"];
  };
  // So short a list is repeated within a second on the slowest machine, and most answers are from memory.
  const measured = await loadTest(...await scenario("requests: 5"), "--output", "json");
  assert.equal(measured.code, 0, measured.stderr);
  const [report] = JSON.parse(measured.stdout);
  assert.ok(report.requests > 5 && report.perSecond > 0, measured.stdout);
  assert.ok(report.perSecond <= report.requests, "a second passes at least");
  assert.deepEqual([report.errorRate, Object.keys(report.statuses).every((status) => /^20[04]$/.test(status))], [
    0,
    true,
  ]);
  assert.ok(report.cacheHitShare > 0.3 && report.latencyMs.p50 <= report.latencyMs["p99.9"], measured.stdout);

  const slow = await loadTest(...await scenario("thresholds: { p50_ms: 0.001 }"));
  assert.equal(slow.code, 1);
  assert.match(slow.stderr, /^FAIL {2}own: p50 is [0-9.]+ ms; at most 0\.001 ms is allowed$/m);

  const compared = await loadTest(...await scenario("requests: 50"), "--compare", other.origin, "--output", "csv");
  assert.equal(compared.code, 0, compared.stderr);
  assert.match(compared.stderr, /^own: [0-9.]+ × as many requests per second/m);
  assert.equal(compared.stdout.trim().split("\n").length, 3);

  const unknown = await loadTest(...await scenario(""), "--layers", "hrrr/nosuch");
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /--layers "hrrr\/nosuch": expected hrrr\/tmp2m/);
  assert.equal((await loadTest("warm", "--zooms", "0-2", "--url", server.origin)).code, 0);

  const layers = await discover(server.origin);
  for (const pattern of patternSchema.options) {
    const [quick] = await knownScenarios();
    const targets = targetsOf({ ...quick!, kind: "tiles", pattern, requests: 300 }, layers);
    assert.equal(targets.length, 300);
    assert.deepEqual(targets, targetsOf({ ...quick!, kind: "tiles", pattern, requests: 300 }, layers), "seeded");
    for (const { z, x, y } of targets) {
      assert.ok(x >= 0 && y >= 0 && x < 2 ** z && y < 2 ** z, `${pattern} ${z}/${x}/${y}`);
    }
  }
});

Deno.test("load-test does not measure the warm-up", async () => {
  // This server answers MISS for half a second, and L1-HIT from then on.
  let first = 0;
  await using scripted = scriptedServer((path) => {
    if (path === "/api/v3/models") return { models: [MODEL] };
    if (path.endsWith("/vars")) return { ...RUN_OF_MODEL, vars: [VARIABLE] };
    if (path.endsWith("/frames")) return { ...RUN_OF_MODEL, var: "tmp2m", expected_frames: 1, frames: [FRAME] };
    first ||= performance.now();
    return performance.now() - first < 500 ? "MISS" : "L1-HIT";
  });
  await using folder = await tempDir();
  const report = async (warmUpS: number) => {
    await Deno.writeTextFile(
      `${folder.path}/own.yaml`,
      `description: own\nduration_s: 1\nwarm_up_s: ${warmUpS}\nclients: 2\n`,
    );
    first = 0;
    const options = ["--url", scripted.origin, "--workers", "1", "--output", "json"];
    const { code, stdout, stderr } = await loadTest("run", "--scenario", `${folder.path}/own.yaml`, ...options);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout)[0];
  };
  assert.ok((await report(0)).cacheHitShare < 1);
  assert.equal((await report(1)).cacheHitShare, 1);
});

Deno.test("load-test resets a server that allows it, and none on another machine", async () => {
  await using root = await publishedRoot([0]);
  await using server = await startServer(root.dataRoot, undefined, { TWF_V3_ALLOW_RESET: "true" });
  await using firm = await startServer(root.dataRoot);
  const cacheOf = async (origin: string) => {
    const response = await fetch(`${origin}/tiles/v3/hrrr/${RUN}/tmp2m/0/5/6/11.png`);
    await response.body?.cancel();
    return response.headers.get("x-cache");
  };
  assert.deepEqual([await cacheOf(server.origin), await cacheOf(server.origin)], ["MISS", "L1-HIT"]);
  const reset = await loadTest("reset", "--url", server.origin);
  assert.equal(reset.code, 0, reset.stderr);
  assert.equal(await cacheOf(server.origin), "MISS");

  const refused = await loadTest("reset", "--url", firm.origin);
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /was not started with TWF_V3_ALLOW_RESET=true/);
  const elsewhere = await loadTest("reset", "--url", "http://192.0.2.1:8200");
  assert.equal(elsewhere.code, 2);
  assert.match(elsewhere.stderr, /only a server on this machine can be reset/);
});

Deno.test("load-test measures its own ceiling, requests series, and lists paths for wrk", async () => {
  const ceiling = await loadTest("ceiling", "--duration", "1", "--clients", "2", "--output", "json");
  assert.equal(ceiling.code, 0, ceiling.stderr);
  assert.doesNotMatch(ceiling.stdout + ceiling.stderr, /[█░]/, "no progress where there is no terminal");
  const reports = JSON.parse(ceiling.stdout);
  assert.deepEqual(reports.map((report: { bytesEach: number }) => report.bytesEach), [150, 22_000]);
  assert.ok(
    reports.every((report: { perSecond: number; errorRate: number }) =>
      report.perSecond > 50 && report.errorRate === 0
    ),
  );

  await using root = await publishedRoot([0, 1, 2]);
  await using server = await startServer(root.dataRoot);
  await using folder = await tempDir();
  const scenario = `${folder.path}/own.yaml`;
  await Deno.writeTextFile(scenario, "description: own\nkind: series\nduration_s: 1\nrequests: 20\n");
  const series = await loadTest(
    "run",
    "--scenario",
    scenario,
    "--url",
    server.origin,
    "--workers",
    "1",
    "--output",
    "json",
  );
  assert.equal(series.code, 0, series.stderr);
  assert.deepEqual(Object.keys(JSON.parse(series.stdout)[0].statuses), ["200"]);

  const { stdout } = await loadTest("paths", "--scenario", scenario, "--url", server.origin);
  const paths = stdout.trim().split("\n");
  assert.equal(paths.length, 20);
  for (const path of paths) {
    assert.match(path, /^\/api\/v3\/series\?model=hrrr&run=20260217_06z&var=tmp2m&lat=[0-9.-]+&lon=[0-9.-]+$/);
  }
});

Deno.test("load-test shows the progress of a scenario on a terminal", async () => {
  const command = [Deno.execPath(), ...ARGS, "ceiling", "--duration", "1", "--clients", "1", "--workers", "1"];
  const onTerminal = await new Deno.Command("script", {
    cwd: ROOT,
    args: ["-qec", command.join(" "), "/dev/null"],
    env: { TERM: "xterm" },
  }).output();
  assert.match(new TextDecoder().decode(onTerminal.stdout), /ceiling of 150 bytes [█░]+ [01] of 2 s/);
});

/** Starts a server that answers a path with JSON, or with a fake tile and an X-Cache header. */
function scriptedServer(answer: (path: string) => Record<string, unknown> | string) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => undefined }, (request) => {
    const given = answer(new URL(request.url).pathname);
    return typeof given === "string" ? new Response("tile", { headers: { "x-cache": given } }) : Response.json(given);
  });
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

const RUN_OF_MODEL = { model: "hrrr", run: RUN };
const MODEL = {
  id: "hrrr",
  name: "HRRR",
  description: "made up",
  attribution: "nobody",
  nature: "forecast",
  coverage: [-126, 23, -66, 50],
  native_zoom: 5,
  latest_run: RUN,
  synthetic: true,
};
const VARIABLE = {
  id: "tmp2m",
  name: "Temperature",
  group: "Surface",
  kind: "continuous",
  units: "°F",
  expected_frames: 1,
  available_frames: 1,
};
const FRAME = { frame: "0", fh: 0, valid_time: "2026-02-17T06:00:00Z" };

Deno.test("readScenario() names a wrong scenario and the wrong member", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/odd.yaml`;
  await Deno.writeTextFile(path, "description: x\npattern: sideways\n");
  await assert.rejects(readScenario(path), /Cannot use ".*odd\.yaml": pattern: /);
  await Deno.writeTextFile(path, "description: x\nclinets: 3\n");
  await assert.rejects(readScenario(path), /clinets/);
});
