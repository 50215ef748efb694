import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { tempDir } from "../support/temp_dir.ts";
import { runShard } from "./run_shard.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

Deno.test("runShard() runs files beside their source in one isolate, and names the file of each test", async () => {
  await using folder = await tempDir();
  const files = ["tests/gate/junit_test.ts", "tests/gate/plan_test.ts"];
  const options = { root: ROOT, junitPath: `${folder.path}/results.xml`, filter: null };
  const { ok, output, results } = await runShard({ files, seconds: 1 }, options);
  assert.ok(ok, output);
  assert.equal(output.match(/^running [0-9]+ tests? from /gm)?.length, 1, output);
  assert.deepEqual([...new Set(results.map(({ file }) => file))].sort(), files);
});

Deno.test("runShard() takes no results of an earlier run for those of files that cannot be loaded", async () => {
  await using folder = await tempDir();
  const junitPath = `${folder.path}/results.xml`;
  await Deno.writeTextFile(junitPath, '<testcase name="a test" classname="./tests/gate/earlier_test.ts" time="1"/>');
  const files = ["tests/gate/junit_test.ts", "tests/gate/absent_test.ts"];
  const { ok, output, results } = await runShard({ files, seconds: 1 }, { root: ROOT, junitPath, filter: null });
  assert.equal(ok, false);
  assert.match(output, /absent_test\.ts/);
  assert.deepEqual(results, []);
});
