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

Deno.test("CircuitBreaker is half-open after its pause, and doubles the pause with each failure, up to 5 min", () => {
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

Deno.test("CircuitBreaker does not extend its pause for failures during the pause", () => {
  const { breaker, pass } = breakerAt();
  for (let i = 0; i < 8; i++) breaker.fail();
  pass(29_000);
  assert.equal(breaker.state, "open");
  pass(1000);
  assert.equal(breaker.state, "half-open");
  breaker.fail();
  assert.equal(breaker.pauseLeftMs, 60_000, "the second pause, whatever failed during the first");
});

Deno.test("CircuitBreaker sets a source aside at once for wrong bytes, and later successes do not end the pause", () => {
  let now = 0;
  const breaker = new CircuitBreaker(() => now);
  assert.equal(breaker.condemn(), true);
  assert.equal(breaker.condemn(), false, "it was aside already");
  breaker.succeed(); // a request that was already running
  assert.deepEqual([breaker.state, breaker.pauseLeftMs], ["open", 30_000]);
  now = 30_000;
  assert.deepEqual([breaker.state, breaker.pauseLeftMs], ["closed", 0]);
});
