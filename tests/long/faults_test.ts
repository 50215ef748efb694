import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { hrrr } from "../../builder/models/hrrr.ts";
import { retainRuns } from "../../builder/publish/retain_runs.ts";
import { rootsBelow } from "../../contract/paths.ts";
import { GRACE_S } from "../../contract/retirement.ts";
import { repetitions } from "../support/gate_cases.ts";
import { eventually } from "../support/eventually.ts";
import { publishedRoot, publishHour, RUN } from "../support/published_root.ts";
import { layOutHours } from "../support/real_bucket.ts";
import { readEverything } from "../support/read_everything.ts";
import { GFS_RUN, putHour } from "../support/short_run.ts";
import { builderCommand, runCommand } from "../support/run_command.ts";
import { testWithSharedData } from "../support/shared_data.ts";
import { canMount, filesUnder, resizeDisk, smallDisk, tempDir } from "../support/temp_dir.ts";
import { testApp } from "../support/test_app.ts";
import { runId } from "../support/identity.ts";

/** Growth of the disk before each attempt, in KB. */
const STEP_KB = repetitions({ inGate: 1500, all: 600 });

Deno.test(
  "a disk that is full at any write costs no published frame, and the build goes on when there is room",
  async () => {
    if (!canMount) return; // the tests of builder/disk report it
    await using folder = await tempDir();
    for (const hour of [0, 1]) await putHour(`${folder.path}/bucket`, GFS_RUN, hour);
    await using disk = await smallDisk(100);
    const args = [
      "--model",
      "gfs",
      "--run",
      GFS_RUN,
      "--fhs",
      "0,1",
      "--vars",
      "tmp2m,refc",
      "--data-root",
      disk.path,
      "--source",
      pathToFileURL(`${folder.path}/bucket`).href,
      "--json",
    ];
    {
      using server = await testApp(disk.path);
      let code = 1;
      let published = 0;
      let sizeKb = 100;
      for (; code !== 0; sizeKb += STEP_KB) {
        assert.ok(sizeKb < 40_000, "the build does not come to its end");
        resizeDisk(disk, sizeKb);
        const result = await runCommand("builder/cli/build_run.ts", args);
        ({ code } = result);
        if (code !== 0) assert.match(result.stderr, /No space left on device/, `${sizeKb} KB: ${result.stderr}`);
        server.passSecond();
        const count = await readEverything(server, GFS_RUN, { model: "gfs" });
        assert.ok(count >= published, `${count} frames of ${published}`);
        published = count;
      }
      assert.equal(published, 4);
      assert.ok(sizeKb > 2000, "the disk was never full");
    }
    const verified = await runCommand("builder/cli/verify.ts", ["--data-root", disk.path]);
    assert.equal(verified.code, 0, verified.stderr);
    assert.deepEqual((await filesUnder(disk.path)).filter((path) => path.includes(".tmp")), []);
  },
);

testWithSharedData(
  "one scheduler of a model runs at a time, ends within 10 s on SIGTERM, and the next one continues its work",
  async () => {
    await using folder = await tempDir();
    const run = recentCycle();
    await layOutHours(`${folder.path}/bucket`, HOURS, run);
    const argsFor = (dataRoot: string) => [
      "--model",
      "hrrr",
      "--data-root",
      dataRoot,
      "--source",
      pathToFileURL(`${folder.path}/bucket`).href,
    ];
    const spawn = (dataRoot: string) => {
      const env = { TWF_V3_MIN_FREE_GB: "0" };
      const child = builderCommand("builder/cli/schedule.ts", argsFor(dataRoot), { env }).spawn();
      let isRunning = true;
      const output = child.output().finally(() => isRunning = false);
      return { child, output, isRunning: () => isRunning };
    };

    const shared = `${folder.path}/shared`;
    await Deno.mkdir(shared);
    const both = [spawn(shared), spawn(shared)];
    const refused = await Promise.race(both.map(({ output }) => output));
    const text = new TextDecoder().decode(refused.stderr);
    assert.equal(refused.code, 1, text);
    assert.match(text, /^error: Another scheduler of hrrr is running/m);
    const holder = both.find(({ isRunning }) => isRunning())!;
    holder.child.kill("SIGKILL"); // a killed scheduler leaves no lock behind
    await holder.output;

    // SIGTERM while a frame is being built.
    const own = `${folder.path}/own`;
    await Deno.mkdir(own);
    const only = spawn(own);
    await eventually(
      async () => {
        assert.ok(only.isRunning(), "the scheduler ended by itself");
        return (await filesUnder(own)).some((path) => path.startsWith("staging/hrrr/"));
      },
      "a frame is staged",
      { everyMs: 2 },
    );
    const told = performance.now();
    only.child.kill("SIGTERM");
    const stopped = await only.output;
    assert.ok(performance.now() - told < 10_000);
    assert.equal(stopped.code, 0);
    assert.match(new TextDecoder().decode(stopped.stderr), /"message":"stopped by a signal"/);

    const afterKill = await runCommand("builder/cli/schedule.ts", [...argsFor(shared), "--once"]);
    assert.equal(afterKill.code, 0, afterKill.stderr);
    const last = await runCommand("builder/cli/schedule.ts", [...argsFor(own), "--once"]);
    assert.equal(last.code, 0, last.stderr);
    using server = await testApp(own);
    assert.equal(await readEverything(server, run), 2 * HOURS.length);
  },
);

/** Four hours, which keep a scheduler busy for some seconds. */
const HOURS = Array.from({ length: 4 }, (_, lead) => lead);

/**
 * Returns the cycle of the last hour, which a scheduler wants now and in an hour. Its first files are due ten minutes
 * before the hour; from then on, also when a newer run is first, the run is among the two that are kept.
 */
function recentCycle(): string {
  const time = new Date(Date.now() - 3_600_000).toISOString();
  return `${time.slice(0, 10).replaceAll("-", "")}_${time.slice(11, 13)}z`;
}

Deno.test(
  "staging, published frames and manifests can be on separate disks",
  async () => {
    if (!canMount) return; // the tests of builder/disk report it
    await using folder = await tempDir();
    for (const hour of [0, 1]) await putHour(`${folder.path}/bucket`, GFS_RUN, hour);
    await using staging = await smallDisk(20_000);
    await using published = await smallDisk(20_000);
    const env = {
      TWF_V3_DATA_ROOT: `${folder.path}/data`,
      TWF_V3_STAGING_ROOT: staging.path,
      TWF_V3_PUBLISH_ROOT: published.path,
      TWF_V3_MANIFEST_ROOT: `${folder.path}/manifests`,
    };
    const args = ["--model", "gfs", "--run", GFS_RUN, "--fhs", "0,1", "--vars", "tmp2m,refc"];
    const source = ["--source", pathToFileURL(`${folder.path}/bucket`).href];
    const build = builderCommand("builder/cli/build_run.ts", [...args, ...source], { env });
    const { code, stderr } = await build.output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    {
      using server = await testApp(env.TWF_V3_DATA_ROOT, env);
      assert.equal(await readEverything(server, GFS_RUN, { model: "gfs" }), 4);
    }
    assert.deepEqual(await filesUnder(staging.path), []);
    assert.deepEqual((await filesUnder(`${folder.path}/data`)).filter((path) => !path.startsWith("cache/")), []);
    assert.ok((await filesUnder(published.path)).includes(`gfs/${GFS_RUN}/tmp2m/fh000.rgba.cog.tif`));
  },
);

Deno.test("a run that retention removes while it is read gives whole answers and then 404", async () => {
  await using root = await publishedRoot([0, 1], ["tmp2m"]);
  const newer = runId("20260217_07z");
  await publishHour(root.dataRoot, newer, 0);
  using server = await testApp(root.dataRoot);
  assert.equal(await readEverything(server, RUN), 2);
  let isGone = false;
  const readers = Promise.all(Array.from({ length: 4 }, async () => {
    while (!isGone) {
      isGone ||= await readEverything(server, RUN, { mayGo: true }) === 0;
      await new Promise((wake) => setTimeout(wake, 5));
    }
  }));
  const freeBytes = () => Promise.resolve(1e12);
  const retainAfter = (seconds: number) =>
    retainRuns(rootsBelow(root.dataRoot), hrrr.id, {
      keepRuns: 1,
      building: [],
      minFreeBytes: 0,
      now: new Date(Date.now() + seconds * 1000),
      freeBytes,
    });
  assert.deepEqual((await retainAfter(0)).retired, [RUN]);
  assert.deepEqual((await retainAfter(GRACE_S + 1)).removed, [RUN]);
  await readers;
  assert.equal((await server.get(`/api/v3/hrrr/${RUN}/manifest`)).status, 404);
  assert.equal((await server.get(`/tiles/v3/hrrr/${RUN}/tmp2m/0/5/7/12.png`)).status, 404);
});
