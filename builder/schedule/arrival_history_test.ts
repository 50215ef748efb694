import assert from "node:assert/strict";
import { dirname } from "node:path";
import { cycleTime, type RunId } from "../../contract/identity.ts";
import { leadOfHours } from "../../contract/lead.ts";
import { runId } from "../../tests/support/identity.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { hrrr } from "../models/hrrr.ts";
import { ArrivalHistory, arrivalsPath, type ArrivedFile } from "./arrival_history.ts";
import { expectedArrival } from "./expected_arrival.ts";

/** Runs of one kind of HRRR's cycles, of 18 hours, in order. */
const RUNS = [1, 2, 3, 4, 5, 7, 8, 9, 10, 11].map((hour) => runId(`20260217_${String(hour).padStart(2, "0")}z`));
const NEXT = runId("20260217_13z");
const LEAD = leadOfHours(3);

const fileOf = (run: RunId, product = "sfc", lead = LEAD): ArrivedFile => ({ run, product, lead });
const timeOf = (run: RunId, delayS: number) => new Date(cycleTime(run).getTime() + delayS * 1000).toISOString();

/** Opens the history of an empty data root; `open` reads it again, as another process does. */
async function emptyHistory() {
  const root = await tempDir();
  const open = () => ArrivalHistory.open(root.path, hrrr);
  const { history } = await open();
  return {
    history,
    open,
    path: arrivalsPath(root.path, hrrr.id),
    [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
  };
}

/** Notes a delay of the file of each run, in s. */
function noteAll(history: ArrivalHistory, delaysS: readonly number[], product = "sfc"): void {
  for (const [i, delayS] of delaysS.entries()) history.note(fileOf(RUNS[i]!, product), timeOf(RUNS[i]!, delayS));
}

Deno.test("ArrivalHistory gives median and spread of a file from the third run on", async () => {
  await using setting = await emptyHistory();
  const { history } = setting;
  noteAll(history, [3300, 3350]);
  assert.equal(history.usualDelay(fileOf(NEXT)), null);
  noteAll(history, [3300, 3350, 3420]);
  assert.deepEqual(history.usualDelay(fileOf(NEXT)), { delayS: 3350, spreadS: 70 });
  noteAll(history, [3300, 3350, 3420, 3310]);
  assert.deepEqual(history.usualDelay(fileOf(NEXT)), { delayS: 3330, spreadS: 90 });
  assert.equal(history.usualDelay(fileOf(NEXT, "prs")), null, "each product has its own");
  assert.equal(history.usualDelay(fileOf(NEXT, "sfc", leadOfHours(4))), null, "and each hour");
});

Deno.test("ArrivalHistory gives at least 20 s of spread, at most 120 s, and of five runs leaves out the farthest", async () => {
  await using setting = await emptyHistory();
  const { history } = setting;
  noteAll(history, [3300, 3301, 3302]);
  assert.deepEqual(history.usualDelay(fileOf(NEXT)), { delayS: 3301, spreadS: 20 });
  noteAll(history, [3300, 3301, 6000], "prs");
  assert.deepEqual(history.usualDelay(fileOf(NEXT, "prs")), { delayS: 3301, spreadS: 120 });
  noteAll(history, [3300, 3301, 6000, 3302, 3341], "prs");
  assert.deepEqual(history.usualDelay(fileOf(NEXT, "prs")), { delayS: 3302, spreadS: 39 });
});

Deno.test("ArrivalHistory keeps kinds of cycles apart, and does not count the run itself", async () => {
  await using setting = await emptyHistory();
  const { history } = setting;
  noteAll(history, [3300, 3300]);
  const synoptic = runId("20260217_06z");
  history.note(fileOf(synoptic), timeOf(synoptic, 4000));
  assert.equal(history.usualDelay(fileOf(NEXT)), null);
  history.note(fileOf(NEXT), timeOf(NEXT, 3300));
  assert.equal(history.usualDelay(fileOf(NEXT)), null);
  assert.notEqual(history.usualDelay(fileOf(runId("20260217_14z"))), null);
});

Deno.test("ArrivalHistory ignores times of archives, and counts the earliest time of a file", async () => {
  await using setting = await emptyHistory();
  const { history } = setting;
  noteAll(history, [3300, 3300]);
  const latestS = (86 + 120) * 60;
  for (const delayS of [-1, latestS + 1, NaN, 1e9]) {
    const modified = Number.isNaN(delayS) ? "never" : timeOf(RUNS[2]!, delayS);
    history.note(fileOf(RUNS[2]!), modified);
  }
  assert.equal(history.usualDelay(fileOf(NEXT)), null);
  for (const delayS of [latestS, 3310, 3500]) history.note(fileOf(RUNS[2]!), timeOf(RUNS[2]!, delayS));
  assert.deepEqual(history.usualDelay(fileOf(NEXT)), { delayS: 3300, spreadS: 20 });
  noteAll(history, [3300, 3300, 3100]);
  assert.deepEqual(history.usualDelay(fileOf(NEXT)), { delayS: 3300, spreadS: 120 }, "200 s before the others");
});

Deno.test("ArrivalHistory keeps the last eight runs across processes", async () => {
  await using setting = await emptyHistory();
  const { history, open, path } = setting;
  noteAll(history, [100, 100, 3000, 3000, 3000, 3000, 3000, 3000, 3000, 3000]);
  await history.save();
  const { history: next, damage } = await open();
  assert.equal(damage, null);
  assert.deepEqual(next.usualDelay(fileOf(NEXT)), { delayS: 3000, spreadS: 20 });
  const { runs } = JSON.parse(await Deno.readTextFile(path));
  assert.deepEqual(runs, Object.fromEntries(RUNS.slice(2).map((run) => [run, { sfc: { 3: 3000 } }])));
  // A run older than those is not taken in, and without news the file is left alone.
  next.note(fileOf(RUNS[0]!), timeOf(RUNS[0]!, 100));
  assert.deepEqual(next.usualDelay(fileOf(NEXT)), { delayS: 3000, spreadS: 20 });
  await Deno.remove(path);
  await (await open()).history.save();
  await assert.rejects(Deno.stat(path), Deno.errors.NotFound);
});

Deno.test("ArrivalHistory ignores a damaged file, tells of it, and replaces it with the next news", async () => {
  await using setting = await emptyHistory();
  const { history, open, path } = setting;
  noteAll(history, [3300, 3300, 3300]);
  await history.save();
  for (const text of ['{"runs":{"2026', '{"runs":{"20260217_01z":{"sfc":{"3":-1}}}}', '{"runs":[]}']) {
    await Deno.writeTextFile(path, text);
    const { history: next, damage } = await open();
    assert.match(damage!, /^Cannot use ".*hrrr\.json": /);
    assert.equal(next.usualDelay(fileOf(NEXT)), null);
    noteAll(next, [3300]);
    await next.save();
    assert.equal((await open()).damage, null);
  }
  await Deno.remove(path);
  await Deno.mkdir(path);
  const { history: next, damage } = await open();
  assert.match(damage!, /is not a file/);
  noteAll(next, [3300]);
  await next.save();
  assert.ok((await Deno.stat(path)).isFile);
  await Deno.remove(dirname(path), { recursive: true });
  await Deno.writeTextFile(dirname(path), "");
  const { history: last } = await open();
  noteAll(last, [3300]);
  await last.save();
  assert.ok((await Deno.stat(path)).isFile);
});

Deno.test("expectedArrival() is learned where enough runs are known, and the table's time elsewhere", async () => {
  await using setting = await emptyHistory();
  const { history } = setting;
  assert.deepEqual(expectedArrival(hrrr, fileOf(NEXT), history), {
    at: new Date("2026-02-17T13:56:00Z"),
    spreadMs: null,
  });
  noteAll(history, [3300, 3300, 3300]);
  assert.deepEqual(expectedArrival(hrrr, fileOf(NEXT), history), {
    at: new Date("2026-02-17T13:55:00Z"),
    spreadMs: 20_000,
  });
});
