import assert from "node:assert/strict";
import type { RunId } from "../../contract/identity.ts";
import { latestPath, manifestPath, retiredManifestPath, rootsBelow, runDirectory } from "../../contract/paths.ts";
import { GRACE_S } from "../../contract/retirement.ts";
import { recordDisk } from "../../tests/support/recorded_disk.ts";
import { filesUnder, smallDisk, tempDir, testWithSmallDisk } from "../../tests/support/temp_dir.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { emptyManifest, keptUntil } from "./edit_manifest.ts";
import { publishedRuns } from "./published_runs.ts";
import { beginRemoval } from "./removal_notes.ts";
import { retainRuns, type Retention, unlistedRuns } from "./retain_runs.ts";
import { retire, retiredAt, retiredRuns, takeBack } from "./retired_runs.ts";
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

const NOTHING = { retired: [], removed: [], removedEarly: [] };

/** The retention, some seconds later. */
const after = (seconds: number, retention = PLENTY): Retention => ({
  ...retention,
  now: new Date(retention.now.getTime() + seconds * 1000),
});

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

Deno.test("retainRuns() keeps the newest runs, retires the others, and removes all their files after the grace", async () => {
  await using root = await rootWith(RUNS[3]!);
  const roots = rootsBelow(root.path);
  const before = await filesUnder(root.path);
  assert.deepEqual(await retainRuns(roots, MODEL, PLENTY), { ...NOTHING, retired: [RUNS[1], RUNS[0]] });
  const listed = (run: RunId) => `${manifestPath(MODEL, run)}`;
  const renamed = before.map((path) =>
    RUNS.slice(0, 2).reduce((name, run) => name === listed(run) ? retiredManifestPath(MODEL, run) : name, path)
  );
  const withoutLocks = (paths: readonly string[]) => paths.filter((path) => !path.endsWith(".lock")).sort();
  assert.deepEqual(withoutLocks(await filesUnder(root.path)), withoutLocks(renamed));
  assert.deepEqual(await retainRuns(roots, MODEL, after(GRACE_S - 1)), NOTHING);
  assert.deepEqual(await retainRuns(roots, MODEL, after(GRACE_S)), { ...NOTHING, removed: [RUNS[1], RUNS[0]] });
  const left = (await filesUnder(root.path)).filter((path) => !/\.lock$|\.twf-/.test(path));
  for (const run of RUNS.slice(0, 2)) assert.ok(left.every((path) => !path.includes(run)), left.join());
  for (const run of RUNS.slice(2)) assert.equal(left.filter((path) => path.includes(run)).length, 4);
  assert.deepEqual(await retainRuns(roots, MODEL, after(GRACE_S)), NOTHING);
});

Deno.test("retainRuns() never removes the run that LATEST names, nor a run that is being built", async () => {
  await using root = await rootWith(RUNS[0]!);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, { ...PLENTY, building: [RUNS[1]!] }), NOTHING);
  assert.deepEqual((await retainRuns(rootsBelow(root.path), MODEL, PLENTY)).retired, [RUNS[1]]);
  // Its build was begun again, or a rollback was undone by hand: neither loses its files.
  const late = after(GRACE_S);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, { ...late, building: [RUNS[1]!] }), NOTHING);
});

Deno.test("retainRuns() removes older runs while the disk is too full, oldest first, and never the latest", async () => {
  await using root = await rootWith(RUNS[3]!);
  let free = 0;
  const freeBytes = () => Promise.resolve(free += 10);
  const full = { ...PLENTY, keepRuns: 4, minFreeBytes: 25, freeBytes };
  const first = RUNS.slice(0, 2);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, full), {
    retired: first,
    removed: first,
    removedEarly: first,
  });
  const never = () => Promise.resolve(0);
  const fuller = { ...PLENTY, keepRuns: 4, minFreeBytes: 1, freeBytes: never };
  assert.deepEqual((await retainRuns(rootsBelow(root.path), MODEL, fuller)).removedEarly, [RUNS[2]]);
  assert.ok((await filesUnder(root.path)).every((path) => !RUNS.slice(0, 3).some((run) => path.includes(run))));
});

/** Writes staged files and cached messages of a run that has no published frame. */
async function writeUnpublished(root: string, run: RunId): Promise<void> {
  for (const folder of [runDirectory("staging", MODEL, run), `cache/${MODEL}/${run}`]) {
    await Deno.mkdir(`${root}/${folder}/tmp2m`, { recursive: true });
    await Deno.writeTextFile(`${root}/${folder}/tmp2m/file`, run);
  }
}

Deno.test("retainRuns() removes retired runs before their grace is over, and before kept runs, while the disk is too full", async () => {
  await using root = await rootWith(RUNS[3]!);
  const roots = rootsBelow(root.path);
  await retainRuns(roots, MODEL, PLENTY);
  let free = 0;
  const full = { ...PLENTY, minFreeBytes: 15, freeBytes: () => Promise.resolve(free += 10) };
  assert.deepEqual(await retainRuns(roots, MODEL, full), { ...NOTHING, removed: [RUNS[0]], removedEarly: [RUNS[0]] });
  assert.deepEqual(await retiredRuns(roots, MODEL), [RUNS[1]]);
});

Deno.test("retainRuns() begins the grace again when the clock was set back", async () => {
  await using root = await rootWith(RUNS[3]!);
  const roots = rootsBelow(root.path);
  await retainRuns(roots, MODEL, after(86_400 * 365));
  assert.deepEqual(await retainRuns(roots, MODEL, PLENTY), NOTHING);
  assert.equal((await retiredAt(roots, MODEL, RUNS[0]!))?.getTime(), PLENTY.now.getTime());
  assert.deepEqual((await retainRuns(roots, MODEL, after(GRACE_S))).removed, [RUNS[1], RUNS[0]]);
});

Deno.test("takeBack() makes a retired run one of the published runs again, and does nothing for another", async () => {
  await using root = await rootWith(RUNS[3]!);
  const roots = rootsBelow(root.path);
  await retainRuns(roots, MODEL, PLENTY);
  assert.equal(await takeBack(roots, MODEL, RUNS[0]!), true);
  assert.equal(await takeBack(roots, MODEL, RUNS[2]!), false);
  assert.deepEqual(await publishedRuns(roots, MODEL), [RUNS[3], RUNS[2], RUNS[0]]);
  assert.deepEqual(await retiredRuns(roots, MODEL), [RUNS[1]]);
});

const LATER = { ...PLENTY, now: new Date(Date.now() + 7 * 3_600_000) };

Deno.test("retainRuns() removes staged files and cached messages of an unpublished run once they are untouched for hours", async () => {
  await using root = await rootWith(RUNS[3]!, RUNS.slice(2));
  await writeUnpublished(root.path, RUNS[0]!);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, PLENTY), NOTHING, "somebody may be at it");
  assert.deepEqual((await retainRuns(rootsBelow(root.path), MODEL, LATER)).removed, [RUNS[0]]);
  assert.ok((await filesUnder(root.path)).every((path) => !path.includes(RUNS[0]!)));
});

Deno.test("retainRuns() leaves published files alone that no manifest names, at any age", async () => {
  await using root = await rootWith(RUNS[3]!, RUNS.slice(2));
  await writeRun(root.path, RUNS[0]!, false);
  const before = (await filesUnder(root.path)).filter((path) => path.includes(RUNS[0]!));
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, LATER), NOTHING);
  assert.deepEqual((await filesUnder(root.path)).filter((path) => path.includes(RUNS[0]!)), before);
  assert.deepEqual(await unlistedRuns(rootsBelow(root.path), MODEL, RUNS.slice(2)), [RUNS[0]]);
});

Deno.test("retainRuns() ends a removal that was begun, and removes no other run without a manifest", async () => {
  await using root = await rootWith(RUNS[3]!, RUNS.slice(2));
  await writeRun(root.path, RUNS[0]!);
  await writeRun(root.path, RUNS[1]!, false);
  await retire(rootsBelow(root.path), MODEL, RUNS[0]!, PLENTY.now);
  await beginRemoval(rootsBelow(root.path), MODEL, RUNS[0]!);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, PLENTY), { ...NOTHING, removed: [RUNS[0]] });
  const left = (await filesUnder(root.path)).filter((path) => RUNS.slice(0, 2).some((run) => path.includes(run)));
  assert.ok(left.length > 0 && left.every((path) => path.includes(RUNS[1]!)), left.join());
});

Deno.test("retainRuns() forgets the removal of a run that was built again in the meantime", async () => {
  await using root = await rootWith(RUNS[3]!);
  const roots = rootsBelow(root.path);
  await retire(roots, MODEL, RUNS[0]!, PLENTY.now);
  await beginRemoval(roots, MODEL, RUNS[0]!);
  await writeRun(root.path, RUNS[0]!);
  const all = { ...PLENTY, keepRuns: 4 };
  assert.deepEqual(await retainRuns(roots, MODEL, all), NOTHING);
  // Its manifest is lost later: no removal of its frames was begun.
  await Deno.remove(`${root.path}/${manifestPath(MODEL, RUNS[0]!)}`);
  assert.deepEqual(await retainRuns(roots, MODEL, all), NOTHING);
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
  assert.deepEqual((await retainRuns(rootsBelow(disk.path), MODEL, PLENTY)).retired, [RUNS[1], RUNS[0]]);
  assert.deepEqual((await retainRuns(rootsBelow(disk.path), MODEL, after(GRACE_S))).removed, [RUNS[1], RUNS[0]]);
});

for (const state of ["kept", "retired"]) {
  Deno.test(`retainRuns() stops when a root disappears between two removals of ${state} runs`, async () => {
    await using root = await rootWith(RUNS[3]!);
    if (state === "retired") await retainRuns(rootsBelow(root.path), MODEL, { ...PLENTY, keepRuns: 1 });
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
}

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
  assert.deepEqual((await retainRuns(roots, MODEL, PLENTY)).retired, [RUNS[1]]);
  assert.deepEqual(await retainRuns(roots, MODEL, LATER), { ...NOTHING, retired: [RUNS[0]], removed: [RUNS[1]] });
  assert.equal(keptUntil(manifest, new Date(0)).keep_until, manifest.keep_until, "a shorter time changes nothing");
});

Deno.test("retainRuns() keeps a run whose manifest is damaged as long as the disk has room", async () => {
  await using root = await rootWith(RUNS[3]!);
  const roots = rootsBelow(root.path);
  await Deno.truncate(`${root.path}/${manifestPath(MODEL, RUNS[0]!)}`, 20);
  assert.deepEqual((await retainRuns(roots, MODEL, LATER)).retired, [RUNS[1]]);
  const full = { ...LATER, minFreeBytes: 1, freeBytes: () => Promise.resolve(0) };
  assert.deepEqual((await retainRuns(roots, MODEL, full)).removedEarly, [RUNS[1], RUNS[0], RUNS[2]]);
});

Deno.test("retainRuns() removes the oldest run before its own time when the disk is too full", async () => {
  await using root = await rootWith(RUNS[3]!);
  const roots = rootsBelow(root.path);
  const manifest = keptUntil(emptyManifest({ model: MODEL, run: RUNS[0]! }), new Date(PLENTY.now.getTime() + 1e9));
  await writeJsonAtomically(`${root.path}/${manifestPath(MODEL, RUNS[0]!)}`, manifest);
  let free = 0;
  const freeBytes = () => Promise.resolve(free += 10);
  const { removed } = await retainRuns(roots, MODEL, { ...PLENTY, keepRuns: 4, minFreeBytes: 15, freeBytes });
  assert.deepEqual(removed, [RUNS[0]]);
});

Deno.test("retainRuns() retires a run, for good, and removes its manifest, for good, before any of its published files", async () => {
  await using root = await rootWith(RUNS[1]!, RUNS.slice(0, 2));
  using recorded = recordDisk();
  const one = { ...PLENTY, keepRuns: 1 };
  const flushed = `sync ${root.path}/manifests/hrrr`;
  const isFlushed = (from: string, to: string) => {
    const renamed = recorded.events.findIndex((event) => event.startsWith("rename ") && event.endsWith(to));
    assert.ok(recorded.events[renamed]?.includes(from), recorded.events.join("\n"));
    assert.equal(recorded.events[renamed + 1], flushed);
    return renamed;
  };
  assert.deepEqual((await retainRuns(rootsBelow(root.path), MODEL, one)).retired, [RUNS[0]]);
  isFlushed(`/${RUNS[0]}.json `, `/.${RUNS[0]}.retired`);
  assert.ok(!recorded.events.some((event) => event.startsWith("remove ")), recorded.events.join("\n"));
  assert.deepEqual((await retainRuns(rootsBelow(root.path), MODEL, after(GRACE_S, one))).removed, [RUNS[0]]);
  const noted = isFlushed(`/.${RUNS[0]}.retired `, `/.${RUNS[0]}.removed`);
  const pictures = recorded.events.findIndex((event) => event.startsWith("remove ") && event.includes("/published/"));
  assert.ok(noted + 1 < pictures, recorded.events.join("\n"));
});

Deno.test("retainRuns() leaves the files of an unpublished run alone while a build by hand fetches and stages it", async () => {
  await using root = await rootWith(RUNS[3]!, RUNS.slice(2));
  for (const stage of ["staging", "cache"]) {
    await Deno.mkdir(`${root.path}/${stage}/${MODEL}/${RUNS[0]}/tmp2m`, { recursive: true });
  }
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, PLENTY), NOTHING);
  assert.deepEqual((await retainRuns(rootsBelow(root.path), MODEL, LATER)).removed, [RUNS[0]]);
});
