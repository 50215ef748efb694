import assert from "node:assert/strict";
import { onDemand } from "./on_demand.ts";

Deno.test("onDemand() computes a member once, at its first use, even when it is null", () => {
  const made: string[] = [];
  const thing: { a: number; b: null; c: number } = onDemand<{ a: number; b: null; c: number }>({
    a: () => made.push("a"),
    b: () => (made.push("b"), null),
    c: () => made.push("c") + thing.a,
  });
  assert.deepEqual(made, []);
  assert.equal(thing.c, 3);
  assert.deepEqual([thing.a, thing.b, thing.b, thing.c], [2, null, null, 3]);
  assert.deepEqual(made, ["c", "a", "b"]);
});
