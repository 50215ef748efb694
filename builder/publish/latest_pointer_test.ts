import assert from "node:assert/strict";
import type { RunId } from "../../contract/identity.ts";
import { type Manifest, manifestSchema } from "../../contract/manifest.ts";
import { latestPath, manifestPath, rootsBelow } from "../../contract/paths.ts";
import { CONTRACT_VERSION } from "../../contract/version.ts";
import { setUpRoots } from "./set_up_roots.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { hrrr } from "../models/hrrr.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { promote, type PromotionRules, readLatest, rollBack, RollbackError } from "./latest_pointer.ts";

const RUNS = ["20260222_00z", "20260222_01z", "20260222_02z", "20260222_03z"] as RunId[];

/** Rules without validation: these runs have no files to check. */
const UNCHECKED: PromotionRules = { moveLatest: true, validate: () => Promise.resolve([]) };

/** Makes a manifest with the first hours of the primary variable. */
function manifestOf(run: RunId): Manifest {
  const frames = [0, 1, 2].map((fh) => ({ frame: String(fh), fh, valid_time: "2026-02-22T00:00:00Z" }));
  return manifestSchema.parse({
    contract_version: CONTRACT_VERSION,
    model: hrrr.id,
    run,
    complete: false,
    variables: {
      tmp2m: {
        name: "2 m temperature",
        group: "Temperature",
        kind: "continuous" as const,
        units: "°F",
        expected_frames: 19,
        available_frames: 3,
        frames,
      },
    },
    last_updated: "2026-02-22T01:00:00Z",
  });
}

/** Makes a data root with promoted runs. */
async function rootWithRuns(runs: readonly RunId[]) {
  const root = await tempDir();
  await setUpRoots(rootsBelow(root.path));
  for (const run of runs) {
    await writeJsonAtomically(`${root.path}/${manifestPath(hrrr.id, run)}`, manifestOf(run));
    await promote(rootsBelow(root.path), hrrr, manifestOf(run), UNCHECKED);
  }
  return root;
}

Deno.test("rollBack() takes readers to the previous run, or to the run that is named", async () => {
  await using folder = await rootWithRuns(RUNS);
  const { path: root } = folder;
  assert.deepEqual(await rollBack(rootsBelow(root), hrrr.id, null), { from: RUNS[3], to: RUNS[2] });
  assert.equal((await readLatest(rootsBelow(root), hrrr.id))!.run_id, RUNS[2]);
  assert.deepEqual(await rollBack(rootsBelow(root), hrrr.id, RUNS[0]!), { from: RUNS[2], to: RUNS[0] });
  const latest = await readLatest(rootsBelow(root), hrrr.id);
  assert.deepEqual([latest!.run_id, latest!.source, latest!.rolled_back_run], [RUNS[0], "rollback", RUNS[3]]);
});

Deno.test("promote() keeps a rollback in force until there is a newer run than the one that readers left", async () => {
  await using folder = await rootWithRuns(RUNS.slice(0, 3));
  const { path: root } = folder;
  await rollBack(rootsBelow(root), hrrr.id, RUNS[0]!);
  for (const run of RUNS.slice(0, 3)) {
    assert.deepEqual(await promote(rootsBelow(root), hrrr, manifestOf(run), UNCHECKED), { state: "not due" });
  }
  assert.equal((await readLatest(rootsBelow(root), hrrr.id))!.run_id, RUNS[0]);
  assert.deepEqual(await promote(rootsBelow(root), hrrr, manifestOf(RUNS[3]!), UNCHECKED), { state: "promoted" });
  const latest = await readLatest(rootsBelow(root), hrrr.id);
  assert.deepEqual([latest!.run_id, latest!.rolled_back_run], [RUNS[3], undefined]);
});

Deno.test("rollBack() names the published runs when it cannot go to the requested one", async () => {
  await using folder = await rootWithRuns(RUNS.slice(0, 2));
  const { path: root } = folder;
  await assert.rejects(rollBack(rootsBelow(root), hrrr.id, RUNS[2]!), (error: unknown) => {
    assert.ok(error instanceof RollbackError);
    assert.match(error.message, /from 20260222_01z to 20260222_02z: published before it: 20260222_00z$/);
    return true;
  });
  await rollBack(rootsBelow(root), hrrr.id, null);
  await assert.rejects(rollBack(rootsBelow(root), hrrr.id, null), /none is published before it/);
  await Deno.remove(`${root}/${latestPath(hrrr.id)}`);
  await assert.rejects(rollBack(rootsBelow(root), hrrr.id, null), /it has no latest run/);
});
