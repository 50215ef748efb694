import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { cycleTime, type RunId } from "../../contract/identity.ts";
import { leadOfHours } from "../../contract/lead.ts";
import { locate, manifestPath, rootsBelow } from "../../contract/paths.ts";
import { faultyBucket } from "../../tests/support/faulty_bucket.ts";
import { runId } from "../../tests/support/identity.ts";
import { PRODUCT, putHour, RUN, SHORT } from "../../tests/support/short_run.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { BEGIN_MS, schedulerSetting } from "../../tests/support/scheduler_setting.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import type { Model } from "../models/model.ts";
import { emptyManifest } from "../publish/edit_manifest.ts";
import { remoteFile } from "../sources/layout.ts";
import { ArrivalHistory, arrivalsPath } from "./arrival_history.ts";

const EARLIER = ["00", "01", "02"].map((hour) => runId(`20260217_${hour}z`));
/** Delay of the hours of earlier runs, in s: the first is due when the scheduler begins. */
const DELAYS_S = [3060, 3360, 3660] as const;

/** Writes the delays of earlier runs. */
async function learn(dataRoot: string, model: Model = SHORT): Promise<void> {
  const { history } = await ArrivalHistory.open(dataRoot, model);
  for (const run of EARLIER) {
    for (const [hour, delayS] of DELAYS_S.entries()) {
      const modified = new Date(cycleTime(run).getTime() + delayS * 1000).toISOString();
      history.note({ run, product: PRODUCT, lead: leadOfHours(hour) }, modified);
    }
  }
  await history.save();
}

/** Gives an hour's object and its index a time of change. */
async function changeTime(bucket: string, run: RunId, hour: number, ms: number): Promise<void> {
  const { path, indexPath } = remoteFile(SHORT.layouts, PRODUCT, run, leadOfHours(hour));
  for (const each of [path, indexPath]) await Deno.utime(`${bucket}/${each}`, ms / 1000, ms / 1000);
}

Deno.test("runSchedule() notes when the files of published frames appeared", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, run } = scheduler;
  for (const hour of [0, 1, 2]) {
    await putHour(bucket, RUN, hour);
    // The last hour is of an archive: its time is not that of its arrival.
    await changeTime(bucket, RUN, hour, cycleTime(RUN).getTime() + (hour === 2 ? 1e9 : DELAYS_S[hour]! * 1000));
  }
  await run(() => Promise.resolve("stop"), { keepRuns: 1 });
  const { runs } = JSON.parse(await Deno.readTextFile(arrivalsPath(dataRoot, SHORT.id)));
  assert.deepEqual(runs, { [RUN]: { [PRODUCT]: { 0: DELAYS_S[0], 1: DELAYS_S[1] } } });
});

Deno.test("runSchedule() polls every second around learned arrivals, and asks hosts with a limit every few seconds", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, events, run } = scheduler;
  await using empty = await tempDir();
  await using limited = faultyBucket(empty.path);
  await learn(dataRoot);
  const polls: { readonly atS: number; readonly requests: number }[] = [];
  let nowMs = BEGIN_MS;
  /** Times at which an old run appeared, right after a full round, and at which it was gone, in ms. */
  let [appearedMs, retiredMs] = [NaN, NaN];
  await run(async (wait) => {
    const isAfterFull = limited.requests.length > (polls.at(-1)?.requests ?? 0);
    polls.push({ atS: (nowMs - cycleTime(RUN).getTime()) / 1000, requests: limited.requests.length });
    const ms = events.flatMap((event) => event.kind === "waiting" ? [event.ms] : []).at(-1)!;
    nowMs += ms;
    if (wait >= 18 && isAfterFull && Number.isNaN(appearedMs)) {
      appearedMs = nowMs;
      const old = emptyManifest({ model: SHORT.id, run: runId("20260216_00z") });
      await writeJsonAtomically(locate(rootsBelow(dataRoot), manifestPath(SHORT.id, old.run)), old);
    }
    if (events.some(({ kind }) => kind === "retired") && Number.isNaN(retiredMs)) retiredMs = nowMs;
    if (wait === 10) await putHour(bucket, RUN, 0);
    return wait === 30 ? "stop" : undefined;
  }, {
    keepRuns: 1,
    sourcesFor: () => [
      { id: "bucket", baseUrl: pathToFileURL(bucket).href + "/" },
      { id: "limited", baseUrl: limited.baseUrl, requestsPerMinute: 1000 },
    ],
  });
  const waits = polls.slice(1).map(({ atS }, i) => atS - polls[i]!.atS);
  assert.ok(waits.slice(0, 10).every((s) => s >= 0.8 && s <= 1.2), waits.join());
  // The first hour is there: nothing is due until 30 s before the next one is.
  const pause = waits.findIndex((s) => s > 30);
  const after = waits.slice(pause);
  assert.ok(pause >= 10 && pause <= 11, waits.join());
  const quickFrom = polls.slice(1).findIndex(({ atS }) => atS >= DELAYS_S[1] - 31.2);
  assert.ok(polls[quickFrom + 1]!.atS <= DELAYS_S[1] - 28, "no wait goes beyond the begin of the quick polls");
  assert.ok(after.slice(quickFrom - pause + 2).every((s) => s <= 1.2), after.join());
  const asking = polls.filter(({ requests }, i) => i > 0 && requests > polls[i - 1]!.requests).map(({ atS }) => atS);
  const between = asking.slice(1).map((atS, i) => atS - asking[i]!);
  assert.ok(retiredMs - appearedMs >= 3000, "retention waits for the next full round");
  assert.ok(asking.length >= 4 && between.every((s) => s >= 4), `asked at ${asking.join()}`);
});
