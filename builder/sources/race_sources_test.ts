import assert from "node:assert/strict";
import { changed, drip, slow, status, withoutEnd } from "../../tests/support/faulty_bucket.ts";
import { filesUnder } from "../../tests/support/temp_dir.ts";
import { hrrr } from "../models/hrrr.ts";
import { clearCache } from "./message_cache.ts";
import type { Patience } from "./race_sources.ts";
import { askingOrder, sourcesHealth } from "./source_health.ts";
import { bucketSetting, CACHED, failureOf, MESSAGE, RUN } from "../../tests/support/fetch_setting.ts";

Deno.test("fetchMessages() does not ask the second source when the first one gives the message", async () => {
  await using setting = await bucketSetting([[], []]);
  const { buckets: [first, second], fetchWith } = setting;
  await fetchWith();
  assert.deepEqual([first!.requests.length, second!.requests.length], [2, 0]);
});

Deno.test("fetchMessages() gives one reason for each source when all fail", async () => {
  const faults = [
    [{ path: /./, effect: status(404) }],
    [{ path: /./, effect: status(503) }],
    [{ path: /grib2$/, effect: changed(withoutEnd) }],
  ];
  await using setting = await bucketSetting(faults);
  const { dataRoot, fetchWith } = setting;
  const error = await failureOf(fetchWith());
  assert.deepEqual(error.failures.map(({ source, error }) => [source, error.failure]), [
    ["first", "missing"],
    ["second", "unavailable"],
    ["third", "bad-answer"],
  ]);
  const lines = error.message.split("\n");
  assert.equal(lines[0], "Cannot fetch TMP:2 m above ground of hrrr 20260129_17z forecast hour 1 from any source:");
  assert.equal(lines.length, 4);
  assert.match(lines[1]!, /^ {2}first \(missing\): http:.*answered 404$/);
  assert.match(lines[2]!, /^ {2}second \(unavailable\): http:.*answered 503$/);
  assert.match(lines[3]!, /^ {2}third \(bad-answer\): Corrupt GRIB/);
  assert.equal(error.isNotReady, true, "one that answers says that it is not there");
  assert.deepEqual(await filesUnder(dataRoot), []);
});

Deno.test("fetchMessages() stops with the signal's reason and tries no other source", async () => {
  await using setting = await bucketSetting([[{ path: /grib2$/, effect: slow(5000) }], []]);
  const { buckets: [, second], dataRoot, fetchWith } = setting;
  const controller = new AbortController();
  const reason = new Error("enough");
  const timer = setTimeout(() => controller.abort(reason), 50);
  await assert.rejects(fetchWith({ signal: controller.signal }), (error: unknown) => error === reason);
  clearTimeout(timer);
  assert.equal(second!.requests.length, 0);
  assert.deepEqual(await filesUnder(dataRoot), []);
});

Deno.test("fetchMessages() gives a complete message to both of two concurrent requests", async () => {
  await using setting = await bucketSetting([[]]);
  const { dataRoot, fetchWith } = setting;
  const both = await Promise.all([fetchWith(), fetchWith()]);
  for (const { path } of both) assert.deepEqual(await Deno.readFile(path), MESSAGE);
  assert.deepEqual(await filesUnder(dataRoot), CACHED);
});

const RACE: Patience = { raceAfterMs: 150, deadlineMs: 3000, longestMs: 10_000 };

for (
  const [how, effect] of [
    ["hangs before its head", slow(60_000)],
    ["hangs in its body", drip(null)],
    ["drips a byte now and then", drip(20)],
  ] as const
) {
  Deno.test(`fetchMessages() asks the next source in parallel when one ${how}`, async () => {
    await using setting = await bucketSetting([[{ path: /./, effect }], []]);
    const { fetchWith } = setting;
    const begun = performance.now();
    const fetched = await fetchWith({ patience: RACE });
    assert.equal(fetched.provider, "second");
    assert.ok(performance.now() - begun < 2000, `${performance.now() - begun} ms`);
  });
}

Deno.test('fetchMessages() believes a source that answers "not there", and does not wait long for a silent one', async () => {
  await using setting = await bucketSetting([[{ path: /./, effect: slow(60_000) }], [{
    path: /./,
    effect: status(404),
  }]]);
  const { fetchWith } = setting;
  const error = await failureOf(fetchWith({ patience: RACE }));
  assert.deepEqual(error.failures.map(({ source, error }) => [source, error.failure]), [
    ["second", "missing"],
    ["first", "unavailable"],
  ]);
  assert.deepEqual([error.isNotReady, error.isOutage, error.isDamaged], [true, false, false]);
});

Deno.test("fetchMessages() sets a source aside after two failures, and does not ask it again meanwhile", async () => {
  await using setting = await bucketSetting([[{ path: /./, effect: status(409) }], []]);
  const { buckets: [first], sources, dataRoot, fetchWith } = setting;
  for (let i = 0; i < 4; i++) {
    await clearCache(dataRoot, hrrr.id, RUN);
    assert.equal((await fetchWith()).provider, "second");
  }
  assert.equal(first!.requests.length, 2, "the third and fourth time it is not asked");
  assert.deepEqual(askingOrder(sources).last.map(({ id }) => id), ["first"]);
  const [health] = sourcesHealth().filter(({ baseUrl }) => baseUrl === first!.baseUrl);
  assert.equal(health!.state, "open");
  assert.match(health!.lastFailure!, /answered 409/);
});

Deno.test("fetchMessages() asks a source that is set aside when no other source is left", async () => {
  await using setting = await bucketSetting([[{ path: /./, effect: status(409), times: 2 }]]);
  const { sources, fetchWith } = setting;
  for (let i = 0; i < 2; i++) assert.equal((await failureOf(fetchWith())).isOutage, true);
  assert.deepEqual(askingOrder(sources).last.map(({ id }) => id), ["first"]);
  assert.equal((await fetchWith()).provider, "first");
  assert.deepEqual(askingOrder(sources).first.map(({ id }) => id), ["first"]);
});
