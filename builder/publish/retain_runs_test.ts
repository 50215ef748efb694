import assert from "node:assert/strict";
import type { RunId } from "../../contract/identity.ts";
import { latestPath, manifestPath, rootsBelow, runDirectory } from "../../contract/paths.ts";
import { recordDisk } from "../../tests/support/recorded_disk.ts";
import { filesUnder, smallDisk, tempDir, testWithSmallDisk } from "../../tests/support/temp_dir.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { emptyManifest, keptUntil } from "./edit_manifest.ts";
import { beginRemoval } from "./removal_notes.ts";
import { retainRuns, type Retention, unlistedRuns } from "./retain_runs.ts";
import { markerName, RootError } from "./root_markers.ts";
import { setUpRoots } from "./set_up_roots.ts";
import { modelId } from "../../tests/support/identity.ts";

const MODEL = modelId("hrrr");
const RUNS = ["20260222_00z", "20260222_01z", "20260222_02z", "20260222_03z"] as RunId[];
const PLENTY: Retention = {
  keepRuns: 2,
  building: [],
  minFreeBytes: 0,
  now: new Date(),
  freeBytes: () => Promise.resolve(1e12),
};

/** Writes the files of a run that removal is concerned with. */
async function writeRun(root: string, run: RunId, hasManifest = true): Promise<void> {
  for (
    const folder of [
      runDirectory("published", MODEL, run),
      runDirectory("staging", MODEL, run),
      `cache/${MODEL}/${run}`,
    ]
  ) {
    await Deno.mkdir(`${root}/${folder}/tmp2m`, { recursive: true });
    await Deno.writeTextFile(`${root}/${folder}/tmp2m/file`, run);
  }
  if (hasManifest) {
    await writeJsonAtomically(`${root}/${manifestPath(MODEL, run)}`, emptyManifest({ model: MODEL, run }));
  }
}

async function rootWith(latest: RunId, runs: readonly RunId[] = RUNS) {
  const root = await tempDir();
  await fill(root.path, latest, runs);
  return root;
}

async function fill(path: string, latest: RunId, runs: readonly RunId[]): Promise<void> {
  await setUpRoots(rootsBelow(path));
  for (const run of runs) await writeRun(path, run);
  await writeJsonAtomically(`${path}/${latestPath(MODEL)}`, {
    run_id: latest,
    cycle_utc: "2026-02-22T00:00:00Z",
    updated_utc: "2026-02-22T01:00:00Z",
    source: "test",
  });
}

Deno.test("retainRuns() keeps the newest runs and removes all files of the others", async () => {
  await using root = await rootWith(RUNS[3]!);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, PLENTY), [RUNS[1], RUNS[0]]);
  const left = (await filesUnder(root.path)).filter((path) => !/\.lock$|\.twf-/.test(path));
  for (const run of RUNS.slice(0, 2)) assert.ok(left.every((path) => !path.includes(run)), left.join());
  for (const run of RUNS.slice(2)) assert.equal(left.filter((path) => path.includes(run)).length, 4);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, PLENTY), []);
});

Deno.test("retainRuns() never removes the run that LATEST names, nor a run that is being built", async () => {
  await using root = await rootWith(RUNS[0]!);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, { ...PLENTY, building: [RUNS[1]!] }), []);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, PLENTY), [RUNS[1]]);
});

Deno.test("retainRuns() removes older runs while the disk is too full, oldest first, and never the latest", async () => {
  await using root = await rootWith(RUNS[3]!);
  let free = 0;
  const freeBytes = () => Promise.resolve(free += 10);
  assert.deepEqual(
    await retainRuns(rootsBelow(root.path), MODEL, { ...PLENTY, keepRuns: 4, minFreeBytes: 25, freeBytes }),
    [
      RUNS[0],
      RUNS[1],
    ],
  );
  const never = () => Promise.resolve(0);
  assert.deepEqual(
    await retainRuns(rootsBelow(root.path), MODEL, { ...PLENTY, keepRuns: 4, minFreeBytes: 1, freeBytes: never }),
    [
      RUNS[2],
    ],
  );
});

/** Writes staged files and cached messages of a run that has no published frame. */
async function writeUnpublished(root: string, run: RunId): Promise<void> {
  for (const folder of [runDirectory("staging", MODEL, run), `cache/${MODEL}/${run}`]) {
    await Deno.mkdir(`${root}/${folder}/tmp2m`, { recursive: true });
    await Deno.writeTextFile(`${root}/${folder}/tmp2m/file`, run);
  }
}

const LATER = { ...PLENTY, now: new Date(Date.now() + 7 * 3_600_000) };

Deno.test("retainRuns() removes staged files and cached messages of an unpublished run once they are untouched for hours", async () => {
  await using root = await rootWith(RUNS[3]!, RUNS.slice(2));
  await writeUnpublished(root.path, RUNS[0]!);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, PLENTY), [], "somebody may be at it");
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, LATER), [RUNS[0]]);
  assert.ok((await filesUnder(root.path)).every((path) => !path.includes(RUNS[0]!)));
});

Deno.test("retainRuns() leaves published files alone that no manifest names, at any age", async () => {
  await using root = await rootWith(RUNS[3]!, RUNS.slice(2));
  await writeRun(root.path, RUNS[0]!, false);
  const before = (await filesUnder(root.path)).filter((path) => path.includes(RUNS[0]!));
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, LATER), []);
  assert.deepEqual((await filesUnder(root.path)).filter((path) => path.includes(RUNS[0]!)), before);
  assert.deepEqual(await unlistedRuns(rootsBelow(root.path), MODEL, RUNS.slice(2)), [RUNS[0]]);
});

Deno.test("retainRuns() ends a removal that was begun, and removes no other run without a manifest", async () => {
  await using root = await rootWith(RUNS[3]!, RUNS.slice(2));
  await writeRun(root.path, RUNS[0]!);
  await writeRun(root.path, RUNS[1]!, false);
  await beginRemoval(rootsBelow(root.path), MODEL, RUNS[0]!);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, PLENTY), [RUNS[0]]);
  const left = (await filesUnder(root.path)).filter((path) => RUNS.slice(0, 2).some((run) => path.includes(run)));
  assert.ok(left.length > 0 && left.every((path) => path.includes(RUNS[1]!)), left.join());
});

Deno.test("retainRuns() forgets the removal of a run that was built again in the meantime", async () => {
  await using root = await rootWith(RUNS[3]!);
  const roots = rootsBelow(root.path);
  await beginRemoval(roots, MODEL, RUNS[0]!);
  await writeRun(root.path, RUNS[0]!);
  const all = { ...PLENTY, keepRuns: 4 };
  assert.deepEqual(await retainRuns(roots, MODEL, all), []);
  // Its manifest is lost later: no removal of its frames was begun.
  await Deno.remove(`${root.path}/${manifestPath(MODEL, RUNS[0]!)}`);
  assert.deepEqual(await retainRuns(roots, MODEL, all), []);
  assert.ok((await filesUnder(root.path)).some((path) => path.includes(`${RUNS[0]}/`)));
});

testWithSmallDisk("retainRuns() removes runs when the disk has no free space", async () => {
  await using disk = await smallDisk(256);
  await fill(disk.path, RUNS[3]!, RUNS);
  await retainRuns(rootsBelow(disk.path), MODEL, { ...PLENTY, keepRuns: 9 }); // this call makes the lock file
  const ballast = Deno.openSync(`${disk.path}/ballast`, { createNew: true, write: true });
  assert.throws(() => {
    for (;;) ballast.writeSync(new Uint8Array(1024).fill(1));
  }, /os error 28/);
  ballast.close();
  assert.deepEqual(await retainRuns(rootsBelow(disk.path), MODEL, PLENTY), [RUNS[1], RUNS[0]]);
});

Deno.test("retainRuns() stops when a root disappears between two removals", async () => {
  await using root = await rootWith(RUNS[3]!);
  let asked = 0;
  const freeBytes = async () => {
    const marker = `${root.path}/published/${markerName("published")}`;
    if (++asked === 2) await Deno.rename(marker, `${root.path}/away`);
    return 0;
  };
  const retention = { ...PLENTY, keepRuns: 4, minFreeBytes: 1, freeBytes };
  await assert.rejects(retainRuns(rootsBelow(root.path), MODEL, retention), RootError);
  assert.ok((await filesUnder(root.path)).some((path) => path.includes(RUNS[1]!)));
});

Deno.test("retainRuns() removes nothing of a model while a folder of it cannot be read", async () => {
  await using root = await rootWith(RUNS[3]!);
  const staging = `${root.path}/staging/${MODEL}`;
  await Deno.rename(staging, `${root.path}/away`);
  await Deno.symlink(staging, staging); // a loop
  await assert.rejects(retainRuns(rootsBelow(root.path), MODEL, PLENTY));
  await Deno.stat(`${root.path}/${manifestPath(MODEL, RUNS[1]!)}`);
});

Deno.test("retainRuns() keeps a run that was built by hand until its own time", async () => {
  await using root = await rootWith(RUNS[3]!);
  const roots = rootsBelow(root.path);
  const until = new Date(PLENTY.now.getTime() + 3_600_000);
  const manifest = keptUntil(emptyManifest({ model: MODEL, run: RUNS[0]! }), until);
  await writeJsonAtomically(`${root.path}/${manifestPath(MODEL, RUNS[0]!)}`, manifest);
  assert.deepEqual(await retainRuns(roots, MODEL, PLENTY), [RUNS[1]]);
  assert.deepEqual(await retainRuns(roots, MODEL, LATER), [RUNS[0]]);
  assert.equal(keptUntil(manifest, new Date(0)).keep_until, manifest.keep_until, "a shorter time changes nothing");
});

Deno.test("retainRuns() keeps a run whose manifest is damaged as long as the disk has room", async () => {
  await using root = await rootWith(RUNS[3]!);
  const roots = rootsBelow(root.path);
  await Deno.truncate(`${root.path}/${manifestPath(MODEL, RUNS[0]!)}`, 20);
  assert.deepEqual(await retainRuns(roots, MODEL, LATER), [RUNS[1]]);
  const full = { ...LATER, minFreeBytes: 1, freeBytes: () => Promise.resolve(0) };
  assert.deepEqual(await retainRuns(roots, MODEL, full), [RUNS[0], RUNS[2]]);
});

Deno.test("retainRuns() removes the oldest run before its own time when the disk is too full", async () => {
  await using root = await rootWith(RUNS[3]!);
  const roots = rootsBelow(root.path);
  const manifest = keptUntil(emptyManifest({ model: MODEL, run: RUNS[0]! }), new Date(PLENTY.now.getTime() + 1e9));
  await writeJsonAtomically(`${root.path}/${manifestPath(MODEL, RUNS[0]!)}`, manifest);
  let free = 0;
  const freeBytes = () => Promise.resolve(free += 10);
  const removed = await retainRuns(roots, MODEL, { ...PLENTY, keepRuns: 4, minFreeBytes: 15, freeBytes });
  assert.deepEqual(removed, [RUNS[0]]);
});

Deno.test("retainRuns() removes a run's manifest, for good, before any of its published files", async () => {
  await using root = await rootWith(RUNS[1]!, RUNS.slice(0, 2));
  using recorded = recordDisk();
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, { ...PLENTY, keepRuns: 1 }), [RUNS[0]]);
  const manifest = recorded.events.findIndex((event) => event.includes(`/manifests/hrrr/${RUNS[0]}.json `));
  const pictures = recorded.events.findIndex((event) => event.startsWith("remove ") && event.includes("/published/"));
  const flushed = recorded.events.findIndex((event) => event === `sync ${root.path}/manifests/hrrr`);
  assert.ok(manifest >= 0 && manifest < flushed && flushed < pictures, recorded.events.join("\n"));
});

Deno.test("retainRuns() leaves the files of an unpublished run alone while a build by hand fetches and stages it", async () => {
  await using root = await rootWith(RUNS[3]!, RUNS.slice(2));
  for (const stage of ["staging", "cache"]) {
    await Deno.mkdir(`${root.path}/${stage}/${MODEL}/${RUNS[0]}/tmp2m`, { recursive: true });
  }
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, PLENTY), []);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, LATER), [RUNS[0]]);
});
