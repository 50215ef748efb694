import assert from "node:assert/strict";
import { forgetUpstreamTimes, noteUpstreamTime, upstreamSkewMs, upstreamTime } from "./upstream_clock.ts";

const NOW = new Date("2026-02-17T06:00:00Z");
const HOUR_MS = 3_600_000;
const dateAt = (offsetMs: number) => new Date(NOW.getTime() + offsetMs).toUTCString();

function skewOf(...offsetsMs: (number | string | null)[]): number {
  forgetUpstreamTimes();
  offsetsMs.forEach((offset, i) =>
    noteUpstreamTime(`host-${i}`, typeof offset === "number" ? dateAt(offset) : offset, NOW)
  );
  const skew = upstreamSkewMs();
  forgetUpstreamTimes();
  return skew;
}

Deno.test("upstreamSkewMs() is the median of the hosts, so that a single wrong clock has no effect", () => {
  assert.equal(skewOf(), 0);
  assert.equal(skewOf(HOUR_MS), HOUR_MS);
  assert.equal(skewOf(0, -5 * HOUR_MS, 0), 0);
  assert.equal(skewOf(HOUR_MS, 1000 * HOUR_MS, HOUR_MS), HOUR_MS);
  assert.equal(skewOf(0, HOUR_MS), 0, "of two that disagree, this machine's own clock is the third");
  assert.equal(skewOf(HOUR_MS, HOUR_MS), HOUR_MS);
});

Deno.test("upstreamSkewMs() ignores a few seconds, and headers that are not a time", () => {
  assert.equal(skewOf(4000, -3000), 0);
  assert.equal(skewOf(null, "yesterday", ""), 0);
});

Deno.test("upstreamTime() converts a time of this machine to upstream's clock", () => {
  forgetUpstreamTimes();
  noteUpstreamTime("bucket", dateAt(-HOUR_MS), NOW);
  assert.equal(upstreamTime(NOW).toISOString(), "2026-02-17T05:00:00.000Z");
  forgetUpstreamTimes();
});
