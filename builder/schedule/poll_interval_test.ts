import assert from "node:assert/strict";
import { nextPollMs } from "./poll_interval.ts";

const NOW = new Date("2026-02-17T06:00:00Z");

/** Returns an arrival that is expected in a number of seconds, by the table or with a learned spread. */
function arrivalIn(seconds: number, spreadS: number | null = null) {
  return { at: new Date(NOW.getTime() + seconds * 1000), spreadMs: spreadS === null ? null : spreadS * 1000 };
}

/** Returns the wait in s. */
function waitFor(
  nextArrivals: readonly ReturnType<typeof arrivalIn>[],
  { failedRounds = 0, random = 0.5, canPollQuickly = true } = {},
): number {
  return Math.round(nextPollMs({ now: NOW, nextArrivals, failedRounds, canPollQuickly, random })) / 1000;
}

Deno.test("nextPollMs() is short while an hour is due, long while none is, and longer when no source answers", () => {
  assert.equal(waitFor([]), 120);
  const waits = [3600, 60, 0, -600, -3600].map((seconds) => waitFor([arrivalIn(seconds)]));
  assert.deepEqual(waits, [120, 60, 5, 5, 30]);
  assert.deepEqual([1, 2, 3, 20].map((failedRounds) => waitFor([arrivalIn(0)], { failedRounds })), [10, 20, 40, 300]);
  // The run that is due sets the interval, and not one that is long late.
  assert.equal(waitFor([arrivalIn(-3600), arrivalIn(-1)]), 5);
  assert.deepEqual([0, 1].map((random) => waitFor([arrivalIn(0)], { random })), [4, 6]);
});

Deno.test("nextPollMs() waits until shortly before a learned arrival, and is a second around it", () => {
  const seconds = [3600, 100, 31, 30, 0, -69, -70, -600, -3600];
  const waits = seconds.map((each) => waitFor([arrivalIn(each, 20)]));
  // From 30 s before the usual time to 70 s after it.
  assert.deepEqual(waits, [108, 63, 1, 1, 1, 1, 5, 5, 30]);
  assert.deepEqual([0, 1].map((random) => waitFor([arrivalIn(0, 20)], { random })), [0.8, 1.2]);
  assert.equal(waitFor([arrivalIn(0, 20)], { failedRounds: 1 }), 10);
  // The next of several arrivals sets the interval: products of an hour arrive separately.
  assert.equal(waitFor([arrivalIn(-3600), arrivalIn(10, 20), arrivalIn(100, 20)]), 1);
});

Deno.test("nextPollMs() never waits beyond the time at which quick polls begin", () => {
  for (const left of [31.5, 40, 100, 149]) {
    for (const random of [0, 0.5, 1]) {
      const waitS = waitFor([arrivalIn(left, 20)], { random });
      assert.ok(waitS <= left - 30 && waitS >= (left - 30) * 0.8 - 0.001, `${waitS} s with ${left} s left`);
    }
  }
});

Deno.test("nextPollMs() is 5 s around a learned arrival when every source limits requests", () => {
  assert.deepEqual([100, 0].map((left) => waitFor([arrivalIn(left, 20)], { canPollQuickly: false })), [63, 5]);
});
