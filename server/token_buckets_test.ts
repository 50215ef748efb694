import assert from "node:assert/strict";
import { BusyError } from "./errors.ts";
import { TokenBuckets } from "./token_buckets.ts";

Deno.test("TokenBuckets lets a client take five seconds' worth at once, and then as many tokens as come in", () => {
  const buckets = new TokenBuckets(2);
  for (let i = 0; i < 10; i++) buckets.take("a", 1, 0);
  assert.throws(() => buckets.take("a", 1, 0), (error: unknown) => {
    assert.ok(error instanceof BusyError);
    assert.deepEqual([error.status, error.retryAfterS], [429, 1]);
    return true;
  });
  buckets.take("b", 1, 0); // another client has a separate bucket
  buckets.take("a", 1, 500);
  assert.throws(() => buckets.take("a", 1, 500), BusyError);
  for (let i = 0; i < 10; i++) buckets.take("a", 1, 60_000); // never more than a full bucket
  assert.throws(() => buckets.take("a", 1, 60_000), BusyError);
});

Deno.test("TokenBuckets keeps its limit when the clock goes back", () => {
  const buckets = new TokenBuckets(1);
  for (let i = 0; i < 5; i++) buckets.take("a", 1, 10_000);
  assert.throws(() => buckets.take("a", 1, 0), BusyError);
});

Deno.test("TokenBuckets counts the cost of each request, and lets a cost above the capacity be paid afterwards", () => {
  const buckets = new TokenBuckets(20);
  buckets.take("a", 60, 0);
  assert.throws(() => buckets.take("a", 60, 0), BusyError);
  buckets.take("a", 40, 0);
  buckets.take("b", 500, 0); // a whole bucket, and 400 more
  assert.throws(() => buckets.take("b", 1, 19_000), BusyError);
  buckets.take("b", 1, 21_000);
});
