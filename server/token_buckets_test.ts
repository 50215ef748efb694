import assert from "node:assert/strict";
import { BusyError } from "./errors.ts";
import { TokenBuckets } from "./token_buckets.ts";

Deno.test("TokenBuckets lets a client ask for five seconds' worth at once, and then as often as tokens come", () => {
  const buckets = new TokenBuckets(2);
  for (let i = 0; i < 10; i++) buckets.take("a", 0);
  assert.throws(() => buckets.take("a", 0), (error: unknown) => {
    assert.ok(error instanceof BusyError);
    assert.deepEqual([error.status, error.retryAfterS], [429, 1]);
    return true;
  });
  buckets.take("b", 0); // another client has a bucket of its own
  buckets.take("a", 500);
  assert.throws(() => buckets.take("a", 500), BusyError);
  for (let i = 0; i < 10; i++) buckets.take("a", 60_000); // never more than a full bucket
  assert.throws(() => buckets.take("a", 60_000), BusyError);
});

Deno.test("TokenBuckets is not confused by a clock that goes back", () => {
  const buckets = new TokenBuckets(1);
  for (let i = 0; i < 5; i++) buckets.take("a", 10_000);
  assert.throws(() => buckets.take("a", 0), BusyError);
});
