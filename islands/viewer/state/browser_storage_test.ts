import assert from "node:assert/strict";
import { fakeStorage } from "../../../tests/support/fake_storage.ts";
import { readStored, removeStored, writeStored } from "./browser_storage.ts";

Deno.test("writeStored() keeps a text in the browser until removeStored() removes it", () => {
  using stored = fakeStorage();
  assert.equal(readStored("name"), null);
  writeStored("name", "text");
  assert.deepEqual([...stored], [["name", "text"]]);
  assert.equal(readStored("name"), "text");
  removeStored("name");
  assert.equal(stored.size, 0);
  assert.equal(readStored("name"), null);
});

Deno.test("readStored() prefers the browser's text, which another window may have written", () => {
  using stored = fakeStorage();
  writeStored("name", "older");
  stored.set("name", "newer");
  assert.equal(readStored("name"), "newer");
  removeStored("name");
});

Deno.test("a text is kept for this visit when the browser refuses to store it", () => {
  using _storage = fakeStorage(true);
  writeStored("name", "text");
  assert.equal(readStored("name"), "text");
  removeStored("name");
  assert.equal(readStored("name"), null);
});
