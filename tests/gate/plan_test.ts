import assert from "node:assert/strict";
import { planShards, type Shard, takeNext } from "./plan.ts";

const SECONDS = new Map([["a_test.ts", 3], ["b_test.ts", 90], ["c_test.ts", 9], ["d_test.ts", 9], ["e_test.ts", 12]]);

Deno.test("planShards() puts long files alone and first, and the other files together", () => {
  assert.deepEqual(planShards([...SECONDS.keys()], SECONDS), [
    { files: ["b_test.ts"], seconds: 90 },
    { files: ["e_test.ts"], seconds: 12 },
    { files: ["a_test.ts", "c_test.ts"], seconds: 12 },
    { files: ["d_test.ts"], seconds: 9 },
  ]);
});

Deno.test("planShards() puts short files beside their source in shards of their own", () => {
  const files = ["builder/x_test.ts", "tests/y_test.ts", "tests/support/z_test.ts"];
  const shards = planShards(files, new Map(files.map((file) => [file, 1])));
  assert.deepEqual(shards.map(({ files }) => files), [
    ["builder/x_test.ts", "tests/support/z_test.ts"],
    ["tests/y_test.ts"],
  ]);
});

Deno.test("planShards() takes a browser test for a long one before any run, and leaves out no file", () => {
  const files = ["builder/x_test.ts", "tests/browser/y_test.ts", "builder/z_test.ts"];
  assert.deepEqual(planShards(files, new Map()).map(({ files }) => files), [
    ["tests/browser/y_test.ts"],
    ["builder/x_test.ts", "builder/z_test.ts"],
  ]);
  assert.deepEqual(planShards([], new Map()), []);
});

Deno.test("takeNext() runs one browser at a time while other shards are waiting", () => {
  const shard = (file: string): Shard => ({ files: [file], seconds: 1 });
  const [one, two] = [shard("tests/browser/a_test.ts"), shard("tests/browser/b_test.ts")];
  const [long, short] = [shard("tests/long/c_test.ts"), shard("contract/d_test.ts")];
  const waiting = [one, two, long, short];
  assert.equal(takeNext(waiting, []), one);
  assert.equal(takeNext(waiting, [one]), long);
  assert.equal(takeNext(waiting, [one, long]), short);
  assert.equal(takeNext(waiting, [one, short]), two, "nothing else is left");
  assert.equal(takeNext(waiting, [two]), undefined);
  assert.equal(takeNext([two, short], [long]), two);
});
