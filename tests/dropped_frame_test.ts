import assert from "node:assert/strict";
import { hrrr } from "../builder/models/hrrr.ts";
import { dropFrames } from "../builder/publish/drop_frames.ts";
import { readManifest } from "../builder/publish/read_manifest.ts";
import { retainRuns } from "../builder/publish/retain_runs.ts";
import { verifyRun } from "../builder/publish/verify_run.ts";
import { type ArtifactKind, artifactPath, rootsBelow } from "../contract/paths.ts";
import { GRACE_S } from "../contract/retirement.ts";
import { FILE_FAULTS } from "./support/break_file.ts";
import { frameId, publishedRoot, publishHour, RUN, VARIABLE } from "./support/published_root.ts";
import { filesUnder } from "./support/temp_dir.ts";
import { type TestApp, testApp } from "./support/test_app.ts";

const FRAME = frameId(1);

/** Runs the retention some seconds after now. */
async function retain(dataRoot: string, afterS: number, free = 1e12): Promise<void> {
  await retainRuns(rootsBelow(dataRoot), hrrr.id, {
    keepRuns: 2,
    building: [RUN],
    minFreeBytes: 1,
    now: new Date(Date.now() + afterS * 1000),
    freeBytes: () => Promise.resolve(free),
  });
}

const manifestOf = async (dataRoot: string) =>
  (await readManifest(rootsBelow(dataRoot), hrrr.id, RUN))!.variables[VARIABLE]!;

/** The version of the frame in the list that a reader still has. */
const versionOf = async (dataRoot: string) => (await manifestOf(dataRoot)).frames.find(({ fh }) => fh === 1)!.v!;

/** Status of the answer from each file of the frame, in the version of an older list and without a version. */
async function statuses(app: TestApp, v: string): Promise<Record<string, number[]>> {
  const paths = {
    sidecar: `/api/v3/hrrr/${RUN}/tmp2m/1`,
    rgba: `/tiles/v3/hrrr/${RUN}/tmp2m/1/5/7/12.png`,
    values: `/cog/v3/hrrr/${RUN}/tmp2m/1/val.cog.tif`,
    contours: `/api/v3/hrrr/${RUN}/tmp2m/1/contours/iso32f`,
  };
  const found: Record<string, number[]> = {};
  for (const [kind, path] of Object.entries(paths)) {
    found[kind] = [];
    for (const query of [`?v=${v}`, ""]) {
      const response = await app.get(path + query);
      await response.body?.cancel();
      found[kind].push(response.status);
    }
  }
  return found;
}

const ALL = { sidecar: [200, 200], rgba: [200, 200], values: [200, 200], contours: [200, 200] };
const NONE = { sidecar: [404, 404], rgba: [404, 404], values: [404, 404], contours: [404, 404] };

async function damage(dataRoot: string, kind: ArtifactKind): Promise<void> {
  await FILE_FAULTS["is something else"]!(`${dataRoot}/${artifactPath("published", FRAME, kind)}`);
}

const filesOf = async (dataRoot: string) =>
  (await filesUnder(dataRoot)).filter((path) => path.includes("/fh001.")).map((path) => path.split("/fh001.")[1])
    .sort();

Deno.test("the undamaged files of a dropped frame are served until the grace is over, and no list names it", async () => {
  for (const kind of ["contours", "values", "rgba"] as const) {
    await using root = await publishedRoot([0, 1]);
    using app = await testApp(root.dataRoot);
    const v = await versionOf(root.dataRoot);
    await damage(root.dataRoot, kind);
    await dropFrames(rootsBelow(root.dataRoot), hrrr.id, RUN, [FRAME]);
    const served = { ...ALL, [kind]: [404, 404] };
    app.passSecond();
    assert.deepEqual(await statuses(app, v), served);
    const { frames } = await (await app.get(`/api/v3/hrrr/${RUN}/tmp2m/frames`)).json();
    assert.deepEqual(frames.map(({ frame }: { frame: string }) => frame), ["0"]);
    assert.deepEqual((await verifyRun(rootsBelow(root.dataRoot), hrrr, RUN)).findings, []);
    await retain(root.dataRoot, GRACE_S - 5);
    app.passSecond();
    assert.deepEqual(await statuses(app, v), served);
    await retain(root.dataRoot, GRACE_S + 5);
    app.passSecond();
    assert.deepEqual(await statuses(app, v), NONE);
    assert.deepEqual(await filesOf(root.dataRoot), []);
    assert.equal((await manifestOf(root.dataRoot)).dropped, undefined);
  }
});

Deno.test("dropFrames() removes all files of a frame at once whose sidecar is damaged", async () => {
  await using root = await publishedRoot([0, 1]);
  await damage(root.dataRoot, "sidecar");
  await dropFrames(rootsBelow(root.dataRoot), hrrr.id, RUN, [FRAME]);
  assert.deepEqual(await filesOf(root.dataRoot), []);
  assert.equal((await manifestOf(root.dataRoot)).dropped, undefined);
});

Deno.test("a frame that is built again replaces the dropped one, whose version is no longer served", async () => {
  await using root = await publishedRoot([0, 1]);
  using app = await testApp(root.dataRoot);
  const v = await versionOf(root.dataRoot);
  await dropFrames(rootsBelow(root.dataRoot), hrrr.id, RUN, [FRAME]);
  app.passSecond();
  assert.deepEqual(await statuses(app, v), ALL);
  await publishHour(root.dataRoot, RUN, 1, ["tmp2m"], 9);
  app.passSecond();
  const again = await versionOf(root.dataRoot);
  assert.notEqual(again, v);
  for (const found of Object.values(await statuses(app, v))) assert.deepEqual(found, [404, 200]);
  await retain(root.dataRoot, GRACE_S + 5);
  app.passSecond();
  assert.deepEqual(await statuses(app, again), ALL);
  assert.equal((await manifestOf(root.dataRoot)).dropped, undefined);
});

Deno.test("retainRuns() removes the files of dropped frames at once while the disk is too full", async () => {
  await using root = await publishedRoot([0, 1]);
  await dropFrames(rootsBelow(root.dataRoot), hrrr.id, RUN, [FRAME]);
  await retain(root.dataRoot, 0);
  assert.equal((await filesOf(root.dataRoot)).length, 5);
  await retain(root.dataRoot, 0, 0);
  assert.deepEqual(await filesOf(root.dataRoot), []);
});

Deno.test("retainRuns() removes the files of dropped frames when the clock was set back by more than the grace", async () => {
  await using root = await publishedRoot([0, 1]);
  await dropFrames(rootsBelow(root.dataRoot), hrrr.id, RUN, [FRAME]);
  await retain(root.dataRoot, -86_400);
  assert.deepEqual(await filesOf(root.dataRoot), []);
});
