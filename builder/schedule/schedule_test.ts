import assert from "node:assert/strict";
import { hourlyLeads, leadOfHours, wholeHours } from "../../contract/lead.ts";
import { latestPath, rootsBelow } from "../../contract/paths.ts";
import { gfs } from "../models/gfs.ts";
import { dropFrames } from "../publish/drop_frames.ts";
import { promotionRules } from "../publish/validate_run.ts";
import { holdSchedulerLock, SchedulerRunningError } from "./scheduler_lock.ts";
import { putHour, RUN, SHORT } from "../../tests/support/short_run.ts";
import { filesUnder, tempDir } from "../../tests/support/temp_dir.ts";
import { framesOf, publishedIn, schedulerSetting } from "../../tests/support/scheduler_setting.ts";
import { runId, varId } from "../../tests/support/identity.ts";

const OLDER = runId("20260217_02z");

Deno.test("runSchedule() builds hours as they appear, promotes the run, and reports it done when all hours are published", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, events, run } = scheduler;
  await run(async (wait) => {
    if (wait <= 3) await putHour(bucket, RUN, wait - 1);
    return wait === 5 ? "stop" : undefined;
  }, { keepRuns: 1 });
  assert.deepEqual((await framesOf(dataRoot, RUN)).sort(), [
    "refc 0",
    "refc 1",
    "refc 2",
    "tmp2m 0",
    "tmp2m 1",
    "tmp2m 2",
  ]);
  assert.deepEqual([...new Set(publishedIn(events))], [`${RUN} 0`, `${RUN} 1`, `${RUN} 2`]);
  assert.equal(JSON.parse(await Deno.readTextFile(`${dataRoot}/${latestPath(SHORT.id)}`)).run_id, RUN);
  assert.equal(events.filter(({ kind }) => kind === "run done").length, 1);
  assert.deepEqual((await filesUnder(dataRoot)).filter((path) => path.startsWith("cache/")), [], "what was fetched");
  // While an hour is due, the scheduler polls within seconds; with nothing left to build, it waits minutes.
  const waits = events.flatMap((event) => event.kind === "waiting" ? [event.ms] : []);
  assert.ok(waits[0]! < 10_000 && waits.at(-1)! > 60_000, waits.join());
});

Deno.test("runSchedule() builds with publishing switched off, reports the run as withheld once, and does not write LATEST", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, events, run } = scheduler;
  for (const hour of [0, 1, 2]) await putHour(bucket, RUN, hour);
  const promotion = promotionRules(SHORT.id, false, { roots: rootsBelow(dataRoot), minFreeBytes: 0 });
  await run((wait) => Promise.resolve(wait === 3 ? "stop" : undefined), { promotion, keepRuns: 1 });
  assert.equal((await framesOf(dataRoot, RUN)).length, 6);
  assert.deepEqual(events.filter(({ kind }) => kind === "withheld" || kind === "promoted").map(({ kind }) => kind), [
    "withheld",
  ]);
  await assert.rejects(Deno.stat(`${dataRoot}/${latestPath(SHORT.id)}`), Deno.errors.NotFound);
});

Deno.test("runSchedule() builds the newest run first, then the previous one, and skips published frames", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, events, run } = scheduler;
  for (const hour of [0, 1, 2]) {
    await putHour(bucket, RUN, hour);
    await putHour(bucket, OLDER, hour);
  }
  await run(() => Promise.resolve("stop"), { workers: 1 });
  const order = publishedIn(events);
  assert.deepEqual(order.map((name) => name.split(" ")[0]), [...Array(6).fill(RUN), ...Array(6).fill(OLDER)]);
  const before = events.length;
  await run(() => Promise.resolve("stop"));
  assert.deepEqual(publishedIn(events.slice(before)), []);
  assert.equal((await framesOf(dataRoot, OLDER)).length, 6);
});

Deno.test("runSchedule() removes no run while it is being built, at any age", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, events, run } = scheduler;
  for (const hour of [0, 1, 2]) await putHour(bucket, RUN, hour);
  await run(async (wait) => {
    if (wait <= 3) await putHour(bucket, OLDER, wait - 1);
    return wait === 5 ? "stop" : undefined;
  }, { keepRuns: 1, backfill: 1 });
  const ofOlder = events.flatMap((event) =>
    (event.kind === "run done" || event.kind === "retired") && event.run === OLDER ? [event.kind] : []
  );
  assert.deepEqual(ofOlder, ["run done", "retired"]);
});

Deno.test("runSchedule() keeps runs that it caught up on until their own time, and removes them after it", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, events, run } = scheduler;
  for (const each of [RUN, OLDER]) for (const hour of [0, 1, 2]) await putHour(bucket, each, hour);
  await run(() => Promise.resolve("stop"), { keepRuns: 1, backfill: 1, keepCaughtUpMs: 3_600_000 });
  assert.equal((await framesOf(dataRoot, OLDER)).length, 6);
  // The scheduler is started again without catching up: the run is older than the runs that are kept.
  await run((wait) => Promise.resolve(wait === 2 ? "stop" : undefined), { keepRuns: 1 });
  assert.equal((await framesOf(dataRoot, OLDER)).length, 6, "still its own time");
  const isRemoved = () => events.some(({ kind }) => kind === "removed");
  await run((wait) => Promise.resolve(isRemoved() || wait > 300 ? "stop" : undefined), { keepRuns: 1 });
  assert.deepEqual(events.filter(({ kind }) => kind === "removed"), [
    { kind: "removed", run: OLDER, isEarly: false },
  ]);
});

Deno.test("runSchedule() continues with later hours while one product is late, and requests few hours of the late one", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, events, run } = scheduler;
  // No source ever has the second product, which vorticity is taken from.
  const late = { ...SHORT.layouts[0]!, validTo: null, product: "late", template: "{YYYYMMDD}/{HH}/late.f{FFF}" };
  const vorticity = gfs.variables.find(({ id }) => id === "vort500")!;
  const model = {
    ...SHORT,
    cycles: [{ ...SHORT.cycles[0]!, leads: hourlyLeads(0, 5) }],
    layouts: [...SHORT.layouts, late],
    variables: [...SHORT.variables, { ...vorticity, product: late.product }],
  };
  await run(async (wait) => {
    if (wait <= 6) await putHour(bucket, RUN, wait - 1);
    return wait === 8 ? "stop" : undefined;
  }, { model, keepRuns: 1 });
  assert.equal((await framesOf(dataRoot, RUN)).length, 12);
  assert.deepEqual([...new Set(publishedIn(events))], [0, 1, 2, 3, 4, 5].map((hour) => `${RUN} ${hour}`));
  const lastRound = events.slice(events.findLastIndex(({ kind }, i) => kind === "waiting" && i < events.length - 1));
  const asked = lastRound.flatMap((event) => event.kind === "frame" ? [wholeHours(event.outcome.frame.lead)!] : []);
  assert.ok(asked.length > 0 && asked.length <= 2, `hours ${asked} were asked for`);
});

Deno.test("runSchedule() builds a frame again when it was dropped from a run that was done", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, events, run } = scheduler;
  for (const hour of [0, 1, 2]) await putHour(bucket, RUN, hour);
  await run(async (wait) => {
    const frame = { model: SHORT.id, run: RUN, var: varId("refc"), lead: leadOfHours(1) };
    if (wait === 1) await dropFrames(rootsBelow(dataRoot), SHORT.id, RUN, [frame]);
    return wait === 3 ? "stop" : undefined;
  }, { keepRuns: 1 });
  assert.equal((await framesOf(dataRoot, RUN)).length, 6);
  assert.deepEqual(events.filter(({ kind }) => kind === "run done").length, 2);
  // Its files are still there, and are not taken for those of a publisher that died.
  const published = events.filter((event) => event.kind === "frame").map(({ outcome }) => outcome)
    .filter(({ status }) => status === "published");
  assert.deepEqual([published.length, published.at(-1)!.timingsMs?.fetch === undefined], [7, false]);
});

Deno.test("holdSchedulerLock() admits one scheduler of a model, and another when the first has ended", async () => {
  await using root = await tempDir();
  {
    using _lock = await holdSchedulerLock(root.path, SHORT.id);
    await assert.rejects(holdSchedulerLock(root.path, SHORT.id), SchedulerRunningError);
  }
  using _again = await holdSchedulerLock(root.path, SHORT.id);
});
