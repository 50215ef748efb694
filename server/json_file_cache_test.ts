import assert from "node:assert/strict";
import * as z from "zod";
import { keptLog } from "../tests/support/kept_log.ts";
import { tempDir } from "../tests/support/temp_dir.ts";
import { JsonFileCache } from "./json_file_cache.ts";

/** A cache of files such as `{"n": 1}` in an empty folder, at a time that stands still until it passes. */
async function emptyCache() {
  const folder = await tempDir();
  const { log, messages } = keptLog();
  let nowMs = 0;
  const cache = new JsonFileCache(z.object({ n: z.number() }), log, 10, () => nowMs);
  const path = `${folder.path}/file.json`;
  return {
    cache,
    path,
    messages,
    pass: (ms: number) => nowMs += ms,
    /** Replaces the file by a rename, as the builder does. */
    write: async (text: string) => {
      await Deno.writeTextFile(`${path}.new`, text);
      await Deno.rename(`${path}.new`, path);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

Deno.test("JsonFileCache shows a change after a second, and at once when the file is expired", async () => {
  await using made = await emptyCache();
  const { cache, path, write, pass } = made;
  assert.equal(await cache.read(path), null); // no file: no value, and no problem
  await write('{"n": 1}');
  pass(999);
  assert.equal(await cache.read(path), null);
  pass(1);
  assert.deepEqual(await cache.read(path), { n: 1 });
  await write('{"n": 2}');
  cache.expire(path);
  assert.deepEqual(await cache.read(path), { n: 2 });
  await write('{"n": 3}');
  pass(-500); // a clock that was set back
  assert.deepEqual(await cache.read(path), { n: 3 });
  await Deno.remove(path);
  pass(1000);
  assert.equal(await cache.read(path), null);
  assert.equal(cache.damagedFiles, 0);
});

Deno.test("JsonFileCache parses a file again only when it changed, and shares a pending reading", async () => {
  await using made = await emptyCache();
  const { cache, path, write, pass } = made;
  await write('{"n": 1}');
  const [first, second] = await Promise.all([cache.read(path), cache.read(path)]);
  assert.equal(first, second); // the same object
  pass(1000);
  assert.equal(await cache.read(path), first);
  await write('{"n": 1}');
  pass(1000);
  assert.notEqual(await cache.read(path), first); // equal content, but another file
});

Deno.test("JsonFileCache keeps the last good content of a damaged file, and reports each damage once", async () => {
  await using made = await emptyCache();
  const { cache, path, write, pass, messages } = made;
  await write('{"n": 1}');
  await cache.read(path);
  for (const [text, reason] of [["{", /JSON/], ['{"n": "x"}', /expected number/]] as const) {
    await write(text);
    for (let i = 0; i < 2; i++) {
      pass(1000);
      assert.deepEqual(await cache.read(path), { n: 1 });
      assert.match(cache.problem(path)!, reason);
    }
  }
  assert.equal(cache.damagedFiles, 2);
  assert.deepEqual(messages(), Array(2).fill("error: a file cannot be used"));
  await write('{"n": 2}');
  pass(1000);
  assert.deepEqual(await cache.read(path), { n: 2 });
  assert.equal(cache.problem(path), null);
});

Deno.test("JsonFileCache does not read a folder, or a file of more than 16 MB", async () => {
  await using made = await emptyCache();
  const { cache, path, pass } = made;
  await Deno.writeTextFile(path, "");
  await Deno.truncate(path, 16 * 1024 * 1024 + 1);
  assert.equal(await cache.read(path), null);
  assert.equal(cache.problem(path), "it has 16777217 bytes, more than 16777216");
  await Deno.remove(path);
  await Deno.mkdir(path);
  for (let i = 0; i < 2; i++) {
    pass(1000);
    assert.equal(await cache.read(path), null);
    assert.equal(cache.problem(path), "it is not a file");
  }
  assert.equal(cache.damagedFiles, 2);
});
