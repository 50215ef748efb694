import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { knownScenarios, readScenario } from "../bench/load_test/scenario.ts";
import { discover, targetsOf } from "../bench/load_test/requests.ts";
import { patternSchema } from "../bench/load_test/scenario.ts";
import { publishedRoot } from "./support/published_root.ts";
import { startServer } from "./support/server_process.ts";
import { tempDir } from "./support/temp_dir.ts";

async function loadTest(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    cwd: fileURLToPath(new URL("../", import.meta.url)),
    args: ["run", "--quiet", "--allow-net", "--allow-read", "--allow-env", "bench/load_test/main.ts", ...args],
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

Deno.test("load-test measures a server, compares two, and fails where a threshold is missed", async () => {
  await using root = await publishedRoot([0, 1, 2]);
  await using server = await startServer(root.dataRoot);
  await using other = await startServer(root.dataRoot);
  await using folder = await tempDir();
  const scenario = async (text: string) => {
    await Deno.writeTextFile(
      `${folder.path}/own.yaml`,
      `description: own\nduration_s: 1\nwarm_up_s: 0\nclients: 4\n${text}`,
    );
    return ["run", "--scenario", `${folder.path}/own.yaml`, "--url", server.origin];
  };
  const measured = await loadTest(...await scenario("requests: 50"), "--output", "json");
  assert.equal(measured.code, 0, measured.stderr);
  const [report] = JSON.parse(measured.stdout);
  assert.ok(report.requests > 50 && report.perSecond > 50, measured.stdout);
  assert.deepEqual([report.errorRate, Object.keys(report.statuses).every((status) => /^20[04]$/.test(status))], [
    0,
    true,
  ]);
  assert.ok(report.cacheHitShare > 0.3 && report.latencyMs.p50 <= report.latencyMs["p99.9"], measured.stdout);

  const slow = await loadTest(...await scenario("thresholds: { p50_ms: 0.001 }"));
  assert.equal(slow.code, 1);
  assert.match(slow.stderr, /^FAIL {2}own: p50 is [0-9.]+ ms, and at most 0\.001 are wanted$/m);

  const compared = await loadTest(...await scenario("requests: 50"), "--compare", other.origin, "--output", "csv");
  assert.equal(compared.code, 0, compared.stderr);
  assert.match(compared.stderr, /^own: [0-9.]+ × as many a second/m);
  assert.equal(compared.stdout.trim().split("\n").length, 3);

  const unknown = await loadTest(...await scenario(""), "--layers", "hrrr/nosuch");
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /--layers "hrrr\/nosuch": there is hrrr\/tmp2m/);
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

Deno.test("a scenario that is wrong is named, with what is wrong in it", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/odd.yaml`;
  await Deno.writeTextFile(path, "description: x\npattern: sideways\n");
  await assert.rejects(readScenario(path), /Cannot use ".*odd\.yaml": pattern: /);
  await Deno.writeTextFile(path, "description: x\nclinets: 3\n");
  await assert.rejects(readScenario(path), /clinets/);
});
