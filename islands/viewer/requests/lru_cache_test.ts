import assert from "node:assert/strict";
import { LruCache } from "./lru_cache.ts";

Deno.test("LruCache forgets what was not used for longest", () => {
  const recent = new LruCache<number>(3);
  for (const key of ["a", "b", "c"]) recent.set(key, 1);
  recent.get("a");
  recent.set("d", 1);
  assert.deepEqual(["a", "b", "c", "d"].map((key) => recent.has(key)), [true, false, true, true]);
  recent.set("c", 2); // the same entry anew is no further one
  assert.equal(recent.size, 3);
  assert.equal(recent.get("c"), 2);
});

Deno.test("LruCache is bounded by weight, and takes nothing that is heavier than all it may hold", () => {
  const recent = new LruCache<string>(10, (text) => text.length);
  recent.set("a", "xxxx");
  recent.set("b", "xxxx");
  recent.set("c", "xxxx");
  assert.deepEqual(["a", "b", "c"].map((key) => recent.has(key)), [false, true, true]);
  recent.delete("b");
  recent.set("d", "xxxxxx");
  assert.deepEqual(["c", "d"].map((key) => recent.has(key)), [true, true]);
  recent.set("e", "x".repeat(11));
  assert.equal(recent.size, 0);
});
