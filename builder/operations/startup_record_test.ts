import assert from "node:assert/strict";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { describeStartup, readStartupRecords, saveStartupRecord } from "./startup_record.ts";

Deno.test("saveStartupRecord() saves the settings of a start, and returns the changes since the last one", async () => {
  await using root = await tempDir();
  const start = (environment: Record<string, string>) =>
    saveStartupRecord(root.path, describeStartup("scheduler-hrrr", environment));
  assert.deepEqual(await start({ TWF_V3_WORKERS: "2", HOME: "/root" }), []);
  assert.deepEqual(await start({ TWF_V3_WORKERS: "2", HOME: "/home/other" }), []);
  assert.deepEqual(await start({ TWF_V3_WORKERS: "4", TWF_V3_KEEP_RUNS: "3" }), [
    "TWF_V3_WORKERS 2 → 4",
    "TWF_V3_KEEP_RUNS (default) → 3",
  ]);
  const [snapshot] = await readStartupRecords(root.path);
  assert.deepEqual(snapshot!.settings, { TWF_V3_KEEP_RUNS: "3", TWF_V3_WORKERS: "4" });
  assert.match(snapshot!.versions.gdal!, /^3\./);
  assert.equal(snapshot!.versions.deno, Deno.version.deno);
});

Deno.test("describeStartup() leaves out secrets, and gives equal hashes when configurations are equal", () => {
  const secret = { TWF_V3_REDIS_URL: "redis://:hunter2@localhost", TWF_V3_PORT: "1" };
  const snapshot = describeStartup("server", secret);
  assert.doesNotMatch(JSON.stringify(snapshot), /hunter2/);
  assert.equal(snapshot.sha256, describeStartup("other", secret).sha256);
  assert.notEqual(snapshot.sha256, describeStartup("server", { TWF_V3_PORT: "2" }).sha256);
});
