import assert from "node:assert/strict";
import { LruCache } from "./lru_cache.ts";

Deno.test("LruCache drops the least recently used entry first", () => {
  const recent = new LruCache<number>(3);
  for (const key of ["a", "b", "c"]) recent.set(key, 1);
  recent.get("a");
  recent.set("d", 1);
  assert.deepEqual(["a", "b", "c", "d"].map((key) => recent.has(key)), [true, false, true, true]);
  recent.set("c", 2); // replaces the entry and adds none
  assert.equal(recent.size, 3);
  assert.equal(recent.get("c"), 2);
});

Deno.test("LruCache is bounded by weight, and keeps no entry that is heavier than its limit", () => {
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
