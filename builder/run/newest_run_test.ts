import assert from "node:assert/strict";
import { cycleTime, type RunId, runIdOf } from "../../contract/identity.ts";
import { hrrr } from "../models/hrrr.ts";
import { sourcesInOrder } from "../sources/layout.ts";
import { AllSourcesFailedError } from "../sources/source_error.ts";
import { forgetUpstreamTimes } from "../sources/upstream_clock.ts";
import { type Effect, fakeMessage, faultyBucket, status, writeObject } from "../../tests/support/faulty_bucket.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { newestRun } from "./newest_run.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Returns the cycle of the full hour this many hours before now, by this machine's clock. */
function cycleBefore(hours: number): RunId {
  return runIdOf(new Date((Math.floor(Date.now() / HOUR_MS) - hours) * HOUR_MS));
}

async function layOut(folder: string, run: RunId): Promise<void> {
  const [day, hour] = [run.slice(0, 8), run.slice(9, 11)];
  const cycle = cycleTime(run).toISOString().replace(/[-T]/g, "").slice(0, 10);
  await writeObject(`${folder}/hrrr.${day}/conus/hrrr.t${hour}z.wrfsfcf00.grib2`, cycle, [
    { bytes: fakeMessage(400), what: "TMP:2 m above ground:anl:" },
  ]);
}

/** Simulates an upstream whose clock is ahead of this machine's. */
function ahead(byMs: number): Effect {
  return async ({ object }) => {
    const answer = await object();
    const headers = new Headers(answer.headers);
    headers.set("date", new Date(Date.now() + byMs).toUTCString());
    return new Response(answer.body, { status: answer.status, headers });
  };
}

async function newestOf(folder: string, effect: Effect | null): Promise<RunId> {
  forgetUpstreamTimes();
  await using data = await tempDir();
  await using bucket = faultyBucket(folder, effect === null ? [] : [{ path: /./, effect }]);
  try {
    return await newestRun(hrrr, {
      now: new Date(),
      dataRoot: data.path,
      signal: new AbortController().signal,
      sourcesFor: (run) => sourcesInOrder(hrrr, [bucket.baseUrl], run),
    });
  } finally {
    forgetUpstreamTimes();
  }
}

Deno.test("newestRun() finds the newest cycle that has its first hour", async () => {
  await using folder = await tempDir();
  for (const hours of [3, 5]) await layOut(folder.path, cycleBefore(hours));
  assert.equal(await newestOf(folder.path, null), cycleBefore(3));
});

Deno.test("newestRun() uses upstream's clock when this machine's clock is a day behind, or ahead", async () => {
  await using folder = await tempDir();
  for (const hours of [3, -22]) await layOut(folder.path, cycleBefore(hours));
  assert.equal(await newestOf(folder.path, ahead(DAY_MS)), cycleBefore(-22));
  await using older = await tempDir();
  await layOut(older.path, cycleBefore(50)); // two hours old on a clock that is two days behind this machine's
  assert.equal(await newestOf(older.path, ahead(-2 * DAY_MS)), cycleBefore(50));
});

Deno.test("newestRun() tries no older cycle when no source answers", async () => {
  await using folder = await tempDir();
  await assert.rejects(newestOf(folder.path, status(403)), AllSourcesFailedError);
});
