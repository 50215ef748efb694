import assert from "node:assert/strict";
import { artifactPath, latestPath, manifestDirectory, manifestPath, rootsBelow } from "../../contract/paths.ts";
import { writeJsonAtomically } from "../../builder/disk/atomic_write.ts";
import { hrrr } from "../../builder/models/hrrr.ts";
import { latestOrDamage } from "../../builder/publish/latest_pointer.ts";
import { FILE_FAULTS, FOLDER_FAULTS } from "../support/break_file.ts";
import { gateCases } from "../support/gate_cases.ts";
import { frameId, publishedRoot, RUN } from "../support/published_root.ts";
import { runCommand } from "../support/run_command.ts";
import { putHour, RUN as NEW_RUN, SHORT } from "../support/short_run.ts";
import { tempDir } from "../support/temp_dir.ts";
import { publishedIn, schedulerSetting } from "../support/scheduler_setting.ts";
import { runId } from "../support/identity.ts";

/** Damage in an installation stops neither its scheduler nor its tools, and `verify --repair` mends it. */

/** A published run: its first three hours are enough to promote it. */
const published = await publishedRoot([0, 1, 2, 3, 4]);
Deno.test.afterAll(async () => await published[Symbol.asyncDispose]());

/** Copies the published data for a test that damages and repairs it. */
async function installation() {
  const folder = await tempDir();
  const copied = await new Deno.Command("cp", { args: ["-a", published.dataRoot, `${folder.path}/data`] }).output();
  assert.ok(copied.success);
  const dataRoot = `${folder.path}/data`;
  return {
    dataRoot,
    run: (script: string, ...args: string[]) =>
      runCommand(`builder/cli/${script}.ts`, ["--model", "hrrr", "--data-root", dataRoot, ...args]),
    latest: async () => (await latestOrDamage(rootsBelow(dataRoot), hrrr.id)).latest?.run_id,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Files that are damaged at the same time: no damage hides another. */
const PLACES: readonly {
  readonly what: string;
  readonly paths: readonly string[];
  readonly faults: typeof FILE_FAULTS;
}[] = [
  { what: "a manifest", paths: [manifestPath(hrrr.id, RUN)], faults: FILE_FAULTS },
  {
    what: "a pointer, a sidecar and a picture",
    paths: [
      latestPath(hrrr.id),
      artifactPath("published", frameId(3), "sidecar"),
      artifactPath("published", frameId(4), "rgba"),
    ],
    faults: FILE_FAULTS,
  },
  { what: "a folder of manifests", paths: [manifestDirectory(hrrr.id)], faults: FOLDER_FAULTS },
];

for (const { what, paths, faults } of PLACES) {
  for (const [how, fault] of gateCases(Object.entries(faults), 3)) {
    Deno.test(`status works when ${what} ${how}, verify finds it, and --repair mends it`, async () => {
      await using own = await installation();
      for (const path of paths) await fault(`${own.dataRoot}/${path}`);
      const status = await own.run("status");
      assert.equal(status.code, 0, status.stderr);
      assert.match(status.stdout, /Cannot (use|read) ".*"|hrrr: .*os error/);
      const found = await own.run("verify");
      assert.equal(found.code, 1, found.stderr);
      assert.equal(found.stderr.match(/^FAIL /gm)?.length, paths.length, found.stderr);
      assert.doesNotMatch(found.stderr, /^ {4}at /m, "no stack");
      const repaired = await own.run("verify", "--repair");
      assert.equal(repaired.code, 0, repaired.stderr);
      const again = await own.run("verify");
      assert.equal(again.code, 0, again.stderr);
      assert.equal(await own.latest(), RUN);
    });
  }
}

for (const [how, fault] of gateCases(Object.entries(FILE_FAULTS), 3)) {
  Deno.test(`rollback works with a LATEST pointer that ${how}`, async () => {
    await using own = await installation();
    await fault(`${own.dataRoot}/${latestPath(hrrr.id)}`);
    const refused = await own.run("rollback");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^error: Cannot roll back hrrr from 20260217_06z: none is published before it$/m);
    const older = runId("20260217_05z");
    const manifest = JSON.parse(await Deno.readTextFile(`${own.dataRoot}/${manifestPath(hrrr.id, RUN)}`));
    await writeJsonAtomically(`${own.dataRoot}/${manifestPath(hrrr.id, older)}`, { ...manifest, run: older });
    const done = await own.run("rollback");
    assert.equal(done.code, 0, done.stderr);
    assert.equal(await own.latest(), older);
  });
}

/** Files and folders of the data root that a scheduler reads; the paths of an entry are damaged at the same time. */
const OF_A_SCHEDULER = [
  {
    paths: [
      manifestPath(SHORT.id, runId("20260217_02z")),
      latestPath(SHORT.id),
      `attempts/${SHORT.id}/${NEW_RUN}.json`,
      `arrivals/${SHORT.id}.json`,
    ],
    faults: FILE_FAULTS,
  },
  { paths: [`attempts/${SHORT.id}`, "arrivals"], faults: FOLDER_FAULTS },
];

for (const { paths, faults } of OF_A_SCHEDULER) {
  for (const [how, fault] of gateCases(Object.entries(faults), 3)) {
    Deno.test(`a scheduler goes on when each of ${paths.join(", ")} ${how}`, async () => {
      await using scheduler = await schedulerSetting();
      const { bucket, dataRoot, events, run } = scheduler;
      for (const hour of [0, 1, 2]) await putHour(bucket, NEW_RUN, hour);
      for (const path of paths.map((path) => `${dataRoot}/${path}`)) {
        if (faults === FOLDER_FAULTS) await Deno.mkdir(path, { recursive: true });
        else await writeJsonAtomically(path, { entries: [] });
        await fault(path);
      }
      await run((wait) => Promise.resolve(wait === 3 ? "stop" : undefined), { workers: 1, keepRuns: 1 });
      assert.equal(publishedIn(events).length, 6, JSON.stringify(events));
      assert.equal((await latestOrDamage(rootsBelow(dataRoot), SHORT.id)).latest?.run_id, NEW_RUN);
    });
  }
}
