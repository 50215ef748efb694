import assert from "node:assert/strict";
import type { FrameId } from "../../contract/identity.ts";
import { leadOfHours } from "../../contract/lead.ts";
import { filesUnder, tempDir } from "../../tests/support/temp_dir.ts";
import { hrrr } from "../models/hrrr.ts";
import { Attempts } from "./attempts.ts";
import { runId, varId } from "../../tests/support/identity.ts";

const RUN = runId("20260217_06z");
const frameOf = (id: string, hour = 3): FrameId => ({
  model: hrrr.id,
  run: RUN,
  var: varId(id),
  lead: leadOfHours(hour),
});
const TMP2M = frameOf("tmp2m");
const REFC = frameOf("refc");

/** Makes an empty data root; `open` reads its attempts, as each process does. */
async function emptyRoot() {
  const root = await tempDir();
  const open = (nowMs = 0) => Attempts.open(root.path, hrrr.id, nowMs);
  return { open, dataRoot: root.path, [Symbol.asyncDispose]: () => root[Symbol.asyncDispose]() };
}

Deno.test("Attempts pauses a frame for longer after each failure, and gives it up at the fifth", async () => {
  await using setting = await emptyRoot();
  const { open } = setting;
  const attempts = await open();
  let now = 0;
  const rests: number[] = [];
  assert.equal(attempts.isDue(TMP2M, now), true);
  for (let attempt = 1; attempt <= 6; attempt++) {
    assert.equal(attempts.fail(TMP2M, now, "damaged", null), attempt === 5, "given up once");
    const from = now;
    while (!attempts.isDue(TMP2M, now)) now += 1000;
    rests.push((now - from) / 1000);
  }
  assert.deepEqual(rests, [30, 60, 120, 240, 1200, 1200], "and looked at again from time to time");
  assert.equal(attempts.isGivenUp(TMP2M), true);
  await attempts.forget(RUN);
  assert.equal(attempts.isDue(TMP2M, 0), true);
});

Deno.test("Attempts never gives up a frame when its message is only missing", async () => {
  await using setting = await emptyRoot();
  const { open } = setting;
  const attempts = await open();
  for (let i = 0; i < 20; i++) attempts.backOff(TMP2M, 0);
  assert.equal(attempts.isGivenUp(TMP2M), false);
  assert.equal(attempts.isDue(TMP2M, 899_999), false);
  assert.equal(attempts.isDue(TMP2M, 900_000), true);
});

Deno.test("Attempts counts tries that the process did not survive, and reports the frame at the fifth", async () => {
  await using setting = await emptyRoot();
  const { open } = setting;
  for (let death = 1; death <= 5; death++) {
    const attempts = await open(death * 1e6);
    assert.equal(attempts.interrupted, death - 1 > 0 ? 1 : 0);
    assert.equal(attempts.attempts(TMP2M), death - 1);
    assert.equal(attempts.isSuspect(TMP2M), death > 1);
    await attempts.begin([{ frame: TMP2M, files: [] }]);
  }
  const last = await open(6e6);
  assert.equal(last.isGivenUp(TMP2M), true);
  assert.deepEqual(last.given.map(({ frame, attempts }) => [frame, attempts]), [[TMP2M, 5]]);
  assert.match(last.given[0]!.reason, /the process ended while this frame was being built/);
  assert.deepEqual((await open(7e6)).given, [], "told once");
});

Deno.test("Attempts counts no try of frames in work when the process is told to end", async () => {
  await using setting = await emptyRoot();
  const { open, dataRoot } = setting;
  const attempts = await open();
  attempts.fail(REFC, 0, "damaged", null);
  await attempts.begin([{ frame: TMP2M, files: [] }, { frame: REFC, files: [] }]);
  await attempts.releaseAll();
  const next = await open();
  assert.equal(next.interrupted, 0);
  assert.deepEqual([TMP2M, REFC].map((frame) => next.attempts(frame)), [0, 1]);
  await next.forget(RUN);
  assert.deepEqual(await filesUnder(dataRoot), []);
});

Deno.test("Attempts counts no further failure against frames that were in work beside a failing one", async () => {
  await using setting = await emptyRoot();
  const { open } = setting;
  const dying = await open();
  await dying.begin([TMP2M, REFC].map((frame) => ({ frame, files: [] })));
  const next = await open();
  assert.deepEqual([next.isSuspect(TMP2M), next.isSuspect(REFC)], [true, true]);
  next.succeed(REFC);
  next.fail(TMP2M, 0, "range gate", null);
  await next.settle(RUN);
  const third = await open();
  assert.deepEqual([third.attempts(TMP2M), third.attempts(REFC)], [2, 0]);
  assert.deepEqual([third.isSuspect(TMP2M), third.interrupted], [false, 0], "its failure is its own");
});

Deno.test("Attempts removes the messages of frames that a process died over, and no other file", async () => {
  await using setting = await emptyRoot();
  const { open, dataRoot } = setting;
  const messages = `${dataRoot}/cache/hrrr/${RUN}/messages`;
  await Deno.mkdir(messages, { recursive: true });
  for (const name of ["bad", "good"]) await Deno.writeTextFile(`${messages}/${name}.grib2`, name);
  await Deno.writeTextFile(`${dataRoot}/elsewhere`, "");
  const dying = await open();
  await dying.begin([{ frame: TMP2M, files: [`${messages}/bad.grib2`, `${dataRoot}/elsewhere`] }]);
  await open();
  assert.deepEqual((await filesUnder(dataRoot)).filter((path) => !path.startsWith("attempts")), [
    `cache/hrrr/${RUN}/messages/good.grib2`,
    "elsewhere",
  ]);
});

Deno.test("Attempts counts from zero again when a frame's upstream objects changed or its file of notes is damaged", async () => {
  await using setting = await emptyRoot();
  const { open, dataRoot } = setting;
  const attempts = await open();
  for (let i = 0; i < 5; i++) attempts.fail(TMP2M, 0, "damaged", "aws etag 1");
  assert.deepEqual(attempts.failed(RUN), [{ frame: TMP2M, upstream: "aws etag 1" }]);
  await attempts.settle(RUN);
  assert.equal((await open()).isGivenUp(TMP2M), true, "across processes");
  attempts.renew(TMP2M);
  assert.deepEqual([attempts.attempts(TMP2M), attempts.isDue(TMP2M, 0)], [0, true]);
  await Deno.writeTextFile(`${dataRoot}/attempts/hrrr/${RUN}.json`, '{"entries":[{"var":');
  assert.equal((await open()).isDue(TMP2M, 0), true);
});

Deno.test("Attempts writes the latest state last when many frames begin at once", async () => {
  await using setting = await emptyRoot();
  const { open } = setting;
  const attempts = await open();
  const hours = Array.from({ length: 40 }, (_, hour) => frameOf("tmp2m", hour));
  await Promise.all(hours.map((frame) => attempts.begin([{ frame, files: [] }])));
  assert.equal((await open()).interrupted, 40);
});

Deno.test("Attempts does not lengthen a pause when the clock is set back", async () => {
  await using setting = await emptyRoot();
  const { open } = setting;
  const attempts = await open();
  attempts.fail(TMP2M, 1e12, "damaged", null);
  assert.equal(attempts.isDue(TMP2M, 1e12 - 1000), false);
  assert.equal(attempts.isDue(TMP2M, 1e12 - 48 * 3_600_000), true);
});
