import assert from "node:assert/strict";
import { CircuitBreaker } from "./circuit_breaker.ts";

function breakerAt(): { breaker: CircuitBreaker; pass: (ms: number) => void } {
  let nowMs = 0;
  return { breaker: new CircuitBreaker(() => nowMs), pass: (ms) => void (nowMs += ms) };
}

Deno.test("CircuitBreaker opens at the second failure in a row, and one success closes it", () => {
  const { breaker } = breakerAt();
  assert.equal(breaker.fail(), false);
  assert.equal(breaker.state, "closed");
  breaker.succeed();
  assert.equal(breaker.fail(), false);
  assert.equal(breaker.fail(), true);
  assert.equal(breaker.state, "open");
  breaker.succeed();
  assert.equal(breaker.state, "closed");
});

Deno.test("CircuitBreaker is half-open once its pause is over, and pauses twice as long after each failure, up to 5 min", () => {
  const { breaker, pass } = breakerAt();
  breaker.fail();
  for (const pauseMs of [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]) {
    breaker.fail();
    assert.equal(breaker.pauseLeftMs, pauseMs);
    pass(pauseMs - 1);
    assert.equal(breaker.state, "open");
    pass(1);
    assert.equal(breaker.state, "half-open");
    assert.equal(breaker.pauseLeftMs, 0);
  }
});

Deno.test("CircuitBreaker does not make its pause longer for failures of one storm", () => {
  const { breaker, pass } = breakerAt();
  for (let i = 0; i < 8; i++) breaker.fail();
  pass(29_000);
  assert.equal(breaker.state, "open");
  pass(1000);
  assert.equal(breaker.state, "half-open");
});

Deno.test("CircuitBreaker sets aside at once what gave wrong bytes, whatever is fetched from it meanwhile", () => {
  let now = 0;
  const breaker = new CircuitBreaker(() => now);
  assert.equal(breaker.condemn(), true);
  assert.equal(breaker.condemn(), false, "it was aside already");
  breaker.succeed(); // a request that was on its way
  assert.deepEqual([breaker.state, breaker.pauseLeftMs], ["open", 30_000]);
  now = 30_000;
  assert.deepEqual([breaker.state, breaker.pauseLeftMs], ["closed", 0]);
});
