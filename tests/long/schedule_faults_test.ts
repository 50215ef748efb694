import assert from "node:assert/strict";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import type { FrameId } from "../../contract/identity.ts";
import { leadOfHours, leadText, wholeHours } from "../../contract/lead.ts";
import { manifestSchema } from "../../contract/manifest.ts";
import { manifestPath, rootsBelow } from "../../contract/paths.ts";
import { promotionRules } from "../../builder/publish/validate_run.ts";
import { Attempts } from "../../builder/schedule/attempts.ts";
import type { ScheduleEvent } from "../../builder/schedule/schedule_types.ts";
import { putHour, RUN, SHORT } from "../support/short_run.ts";
import { filesUnder, makeReadOnly, resizeDisk, smallDisk, testWithSmallDisk } from "../support/temp_dir.ts";
import { framesOf, publishedIn, schedulerSetting } from "../support/scheduler_setting.ts";
import { runId, varId } from "../support/identity.ts";

const OLDER = runId("20260217_02z");

/** Changes bytes in the middle of the first message. */
const damageFirst = (message: Uint8Array<ArrayBuffer>, place: number) =>
  place === 0 ? message.fill(0, 600, 700) : message;

Deno.test("runSchedule() retries a failing frame after growing pauses, and then records why it gave it up", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, events, run } = scheduler;
  // The first message, reflectivity, is damaged in hour 1.
  await putHour(bucket, RUN, 0);
  await putHour(bucket, RUN, 1, damageFirst);
  await putHour(bucket, RUN, 2);
  let now = 0;
  await run(() => {
    now++;
    return Promise.resolve(now === 400 || events.some(({ kind }) => kind === "run done") ? "stop" : undefined);
  });
  const givenUp = events.filter((event) => event.kind === "given up");
  assert.deepEqual(givenUp.map((event) => [event.frame.var, leadText(event.frame.lead), event.attempts]), [[
    "refc",
    "1",
    5,
  ]]);
  const manifest = manifestSchema.parse(
    JSON.parse(await Deno.readTextFile(`${dataRoot}/${manifestPath(SHORT.id, RUN)}`)),
  );
  const [refc] = Object.entries(manifest.variables).filter(([id]) => id === "refc").map(([, variable]) => variable);
  assert.deepEqual(refc!.failed!.map(({ fh, attempts }) => [fh, attempts]), [[1, 5]]);
  assert.ok(refc!.failed![0]!.reason.length > 10);
  assert.equal(manifest.complete, false);
  assert.deepEqual((await framesOf(dataRoot, RUN)).sort(), ["refc 0", "refc 2", "tmp2m 0", "tmp2m 1", "tmp2m 2"]);
});

Deno.test("runSchedule() retries a frame that was given up within minutes after upstream has other bytes", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, events, run } = scheduler;
  await putHour(bucket, RUN, 0);
  await putHour(bucket, RUN, 1, damageFirst);
  await putHour(bucket, RUN, 2);
  const givenUp = () => events.filter(({ kind }) => kind === "given up").length;
  let waitsAfter = 0;
  await run(async () => {
    if (givenUp() === 0) return;
    if (waitsAfter++ === 0) await putHour(bucket, RUN, 1);
    return (await framesOf(dataRoot, RUN)).includes("refc 1") || waitsAfter > 20 ? "stop" : undefined;
  });
  assert.deepEqual((await framesOf(dataRoot, RUN)).filter((name) => name.endsWith(" 1")), ["tmp2m 1", "refc 1"]);
  assert.equal(events.filter(({ kind }) => kind === "upstream changed").length, 1);
  assert.equal(givenUp(), 1);
  const waitedMs = events.reduce((sum, event) => sum + (event.kind === "waiting" ? event.ms : 0), 0);
  assert.ok(waitedMs < 30 * 60_000, `${waitedMs} ms`);
});

Deno.test("runSchedule() neither builds nor removes while a root is missing, reports it once, and then goes on", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, events, run } = scheduler;
  for (const hour of [0, 1]) await putHour(bucket, RUN, hour);
  const published = `${dataRoot}/published`;
  let before = "";
  await run(async (wait) => {
    if (wait === 1) {
      before = await Deno.readTextFile(`${dataRoot}/${manifestPath(SHORT.id, RUN)}`);
      await Deno.rename(published, `${published}.away`);
      await putHour(bucket, RUN, 2);
    } else if (wait === 4) {
      assert.equal(await Deno.readTextFile(`${dataRoot}/${manifestPath(SHORT.id, RUN)}`), before, "byte for byte");
      await assert.rejects(Deno.stat(published), Deno.errors.NotFound);
      await Deno.rename(`${published}.away`, published);
    }
    return wait === 5 ? "stop" : undefined;
  });
  const told = events.filter(({ kind }) => kind === "root missing" || kind === "roots are back");
  assert.deepEqual(told.map(({ kind }) => kind), ["root missing", "roots are back"]);
  assert.deepEqual(events.filter(({ kind }) => kind === "removed" || kind === "given up"), []);
  assert.equal((await framesOf(dataRoot, RUN)).length, 6);
});

Deno.test("runSchedule() builds the frames that a killed process had in work last, and one at a time", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, events, run } = scheduler;
  for (const hour of [0, 1, 2]) await putHour(bucket, RUN, hour);
  const died = await Attempts.open(dataRoot, SHORT.id, 0);
  const frame = (hour: number, id: string): FrameId => ({
    model: SHORT.id,
    run: RUN,
    var: varId(id),
    lead: leadOfHours(hour),
  });
  await died.begin([frame(0, "refc"), frame(0, "tmp2m")].map((each) => ({ frame: each, files: [] })));
  await run(() => Promise.resolve("stop"));
  assert.deepEqual(events.filter(({ kind }) => kind === "interrupted"), [{ kind: "interrupted", frames: 2 }]);
  const built = events.flatMap((event) =>
    event.kind === "frame" && event.outcome.status === "published" ? [event.outcome.frame] : []
  );
  // The interrupted frames pause for half a minute first, as after any failure.
  assert.deepEqual(built.map(({ lead }) => wholeHours(lead)).toSorted(), [1, 1, 2, 2]);
  events.length = 0;
  await run(() => Promise.resolve(publishedIn(events).length === 2 ? "stop" : undefined));
  assert.deepEqual(publishedIn(events), [`${RUN} 0`, `${RUN} 0`]);
  assert.deepEqual(
    await Deno.readDirSync(`${dataRoot}/attempts/${SHORT.id}`).toArray(),
    [],
    "nothing is left to know",
  );
});

Deno.test("runSchedule() gives up no frame while no source answers, polls less often, and goes on afterwards", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, events, run } = scheduler;
  for (const hour of [0, 1, 2]) await putHour(bucket, RUN, hour);
  const up = { id: "bucket", baseUrl: pathToFileURL(bucket).href + "/" };
  const down = { id: "down", baseUrl: "http://127.0.0.1:1/" };
  const retryPolicy = { retries: 0, firstDelayMs: 1, maxDelayMs: 1, timeoutMs: 5000 };
  await run(
    (wait) => Promise.resolve(wait === 30 || events.some(({ kind }) => kind === "run done") ? "stop" : undefined),
    {
      sourcesFor: () => [events.filter(({ kind }) => kind === "waiting").length < 12 ? down : up],
      retryPolicy,
      keepRuns: 1,
    },
  );
  const waits = events.flatMap((event) => event.kind === "waiting" ? [event.ms] : []);
  assert.ok(
    waits.slice(0, 12).reduce((sum, ms) => sum + ms, 0) > 1_800_000,
    "more than half an hour without a source",
  );
  assert.deepEqual(events.filter(({ kind }) => kind === "given up"), []);
  assert.equal((await framesOf(dataRoot, RUN)).length, 6);
});

testWithSmallDisk(
  "runSchedule() gives up no frame while the disk is full or read-only, and goes on afterwards",
  async () => {
    await using scheduler = await schedulerSetting();
    const { bucket, events, run } = scheduler;
    for (const hour of [0, 1, 2]) await putHour(bucket, RUN, hour);
    await using disk = await smallDisk(400);
    const roots = rootsBelow(disk.path);
    const promotion = promotionRules(SHORT.id, true, { roots, minFreeBytes: 0 });
    await run((wait) => {
      if (wait === 8) makeReadOnly(disk);
      if (wait === 16) resizeDisk(disk, 60_000);
      return Promise.resolve(wait === 40 || events.some(({ kind }) => kind === "run done") ? "stop" : undefined);
    }, { roots, promotion });
    const reasons = events.flatMap((event) => event.kind === "round broken" ? [event.reason] : []);
    assert.ok(reasons.some((reason) => /No space left on device/.test(reason)), reasons.join("\n"));
    assert.ok(reasons.some((reason) => /Read-only file system/.test(reason)), reasons.join("\n"));
    assert.deepEqual(events.filter(({ kind }) => kind === "given up"), []);
    assert.equal((await framesOf(disk.path, RUN)).length, 6);
  },
);

Deno.test("runSchedule() delays only the run whose manifest was damaged by hand", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, events, run } = scheduler;
  for (const hour of [0, 1, 2]) {
    await putHour(bucket, RUN, hour);
    await putHour(bucket, OLDER, hour);
  }
  const damaged = `${dataRoot}/${manifestPath(SHORT.id, RUN)}`;
  await Deno.mkdir(dirname(damaged), { recursive: true });
  await Deno.writeTextFile(damaged, "{ half");
  await run(async (wait) => {
    if (wait === 2) await Deno.remove(damaged);
    return wait === 4 ? "stop" : undefined;
  });
  const broken = events.filter((event) => event.kind === "round broken");
  assert.deepEqual([...new Set(broken.map((event) => event.run))], [RUN]);
  assert.match(broken[0]!.reason, /Cannot use ".*20260217_03z\.json"/);
  assert.equal((await framesOf(dataRoot, OLDER)).length, 6);
  assert.equal((await framesOf(dataRoot, RUN)).length, 6);
});

Deno.test("runSchedule() ends at once when its signal aborts, and the frames in work use up no attempt", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, events, run } = scheduler;
  for (const hour of [0, 1, 2]) await putHour(bucket, RUN, hour);
  const stop = new AbortController();
  const report = (event: ScheduleEvent) => {
    events.push(event);
    if (event.kind === "frame") stop.abort(new Error("enough")); // other frames are in work
  };
  await run(() => Promise.resolve(), { signal: stop.signal, report });
  assert.equal(publishedIn(events).length, 1);
  assert.deepEqual((await filesUnder(dataRoot)).filter((path) => path.startsWith("attempts/")), []);
  await run(() => Promise.resolve(), { once: true });
  assert.equal((await framesOf(dataRoot, RUN)).length, 6);
  assert.ok(events.every(({ kind }) => kind !== "interrupted" && kind !== "retry"));
});

Deno.test("runSchedule() goes on to later hours while the only available frame of an hour pauses", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, run } = scheduler;
  for (const hour of [0, 1, 2]) await putHour(bucket, RUN, hour);
  const index = `${bucket}/${(await filesUnder(bucket)).find((path) => /f000\.idx$/.test(path))}`;
  const [reflectivity] = (await Deno.readTextFile(index)).split("\n");
  await Deno.writeTextFile(index, `${reflectivity}\n`); // the index never has the temperature
  const attempts = await Attempts.open(dataRoot, SHORT.id, 0);
  const frame: FrameId = { model: SHORT.id, run: RUN, var: varId("refc"), lead: leadOfHours(0) };
  await attempts.begin([{ frame, files: [] }]); // and the process is killed
  await run(() => Promise.resolve(), { once: true });
  assert.deepEqual((await framesOf(dataRoot, RUN)).sort(), ["refc 1", "refc 2", "tmp2m 1", "tmp2m 2"]);
});

Deno.test("runSchedule() survives a clock that jumps two days forward and back", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, events, run } = scheduler;
  await putHour(bucket, RUN, 0);
  await putHour(bucket, RUN, 1, damageFirst); // the frame fails, and its pause is measured by the clock
  await putHour(bucket, RUN, 2);
  let offsetMs = 0;
  let nowMs = Date.parse("2026-02-17T03:51:00Z");
  let waits = 0;
  const stop = new AbortController();
  const clock = {
    now: () => new Date(nowMs + offsetMs),
    sleep: async (ms: number, signal: AbortSignal) => {
      nowMs += ms;
      waits++;
      if (waits === 1) offsetMs = 48 * 3_600_000;
      if (waits === 3) offsetMs = 0;
      if (waits === 4) await putHour(bucket, RUN, 1);
      if (waits === 60 || events.some((event) => event.kind === "run done" && event.run === RUN)) {
        stop.abort(new Error("enough"));
      }
      signal.throwIfAborted();
    },
  };
  await run(() => Promise.resolve(), { clock, signal: stop.signal, keepRuns: 1 });
  assert.equal((await framesOf(dataRoot, RUN)).length, 6);
  assert.ok(waits < 60);
});

Deno.test("runSchedule() builds nothing while the disk has too little free space, and reports it", async () => {
  await using scheduler = await schedulerSetting();
  const { bucket, dataRoot, events, run } = scheduler;
  await putHour(bucket, RUN, 0);
  await run(() => Promise.resolve(), { once: true, minFreeBytes: 2e12 });
  assert.deepEqual(events.map(({ kind }) => kind), ["disk full"]);
  await assert.rejects(framesOf(dataRoot, RUN), Deno.errors.NotFound);
});
