import assert from "node:assert/strict";
import type { ModelId, RunId } from "../../contract/identity.ts";
import { latestPath, manifestPath, rootsBelow, runDirectory } from "../../contract/paths.ts";
import { filesUnder, tempDir } from "../../tests/support/temp_dir.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { retainRuns, type Retention } from "./retain_runs.ts";

const MODEL = "hrrr" as ModelId;
const RUNS = ["20260222_00z", "20260222_01z", "20260222_02z", "20260222_03z"] as RunId[];
const PLENTY: Retention = { keepRuns: 2, building: [], minFreeBytes: 0, freeBytes: () => Promise.resolve(1e12) };

/** A run's files, as far as removing them goes. */
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
  if (hasManifest) await writeJsonAtomically(`${root}/${manifestPath(MODEL, run)}`, {});
}

async function rootWith(latest: RunId, runs: readonly RunId[] = RUNS) {
  const root = await tempDir();
  for (const run of runs) await writeRun(root.path, run);
  await writeJsonAtomically(`${root.path}/${latestPath(MODEL)}`, {
    ...{ run_id: latest, cycle_utc: "2026-02-22T00:00:00Z", updated_utc: "2026-02-22T01:00:00Z", source: "test" },
  });
  return root;
}

Deno.test("retainRuns() keeps the newest runs and takes all that belongs to the others", async () => {
  await using root = await rootWith(RUNS[3]!);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, PLENTY), [RUNS[1], RUNS[0]]);
  const left = (await filesUnder(root.path)).filter((path) => !path.endsWith(".lock"));
  for (const run of RUNS.slice(0, 2)) assert.ok(left.every((path) => !path.includes(run)), left.join());
  for (const run of RUNS.slice(2)) assert.equal(left.filter((path) => path.includes(run)).length, 4);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, PLENTY), []);
});

Deno.test("retainRuns() never takes the run that LATEST names, nor one that is being built", async () => {
  await using root = await rootWith(RUNS[0]!);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, { ...PLENTY, building: [RUNS[1]!] }), []);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, PLENTY), [RUNS[1]]);
});

Deno.test("retainRuns() takes older runs while the disk is too full, oldest first, and never the latest", async () => {
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

Deno.test("retainRuns() takes files that no manifest names once nobody has touched them for hours", async () => {
  await using root = await rootWith(RUNS[3]!, RUNS.slice(2));
  await writeRun(root.path, RUNS[0]!, false);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, PLENTY), [], "somebody may be at it");
  const longAgo = new Date(Date.now() - 7 * 3_600_000);
  await Deno.utime(`${root.path}/${runDirectory("staging", MODEL, RUNS[0]!)}`, longAgo, longAgo);
  assert.deepEqual(await retainRuns(rootsBelow(root.path), MODEL, PLENTY), [RUNS[0]]);
  assert.ok((await filesUnder(root.path)).every((path) => !path.includes(RUNS[0]!)));
});
