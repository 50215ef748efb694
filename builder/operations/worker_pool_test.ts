import assert from "node:assert/strict";
import { WorkerJobError, WorkerPool } from "./worker_pool.ts";

const MODULE = new URL("../../tests/support/pool_worker.ts", import.meta.url);

function failsWith(name: string, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof WorkerJobError, String(error));
    assert.deepEqual([error.errorName, message.test(error.message)], [name, true], error.message);
    return true;
  };
}

Deno.test("WorkerPool.run() returns the Worker's answer, or the class of the error that it throws", async () => {
  using pool = new WorkerPool<string, string>(MODULE, 1);
  assert.equal(await pool.run("answer"), "answer");
  await assert.rejects(pool.run("throw"), failsWith("TypeError", /^as told$/));
  assert.equal(await pool.run("answer again"), "answer again");
});

Deno.test("WorkerPool.run() runs jobs of a lower rank first, and jobs of equal rank in their original order", async () => {
  using pool = new WorkerPool<string, string>(MODULE, 1);
  const done: string[] = [];
  const run = (job: string, rank: number) => pool.run(job, rank).then((result) => done.push(result));
  await Promise.all([run("first", 9), run("c", 3), run("a", 1), run("d", 3), run("b", 2)]);
  assert.deepEqual(done, ["first", "a", "b", "c", "d"]);
});

Deno.test("WorkerPool.run() passes on what a Worker reports before it answers, throws or crashes", async () => {
  using pool = new WorkerPool<string, string, string>(MODULE, 1);
  const parts: string[] = [];
  const run = (job: string) => pool.run(job, 0, (part) => parts.push(part));
  assert.equal(await run("answer after one after two"), "answer");
  await assert.rejects(run("throw after three"), failsWith("TypeError", /^as told$/));
  await assert.rejects(run("crash after four"), failsWith("WorkerDiedError", /crashed as told/));
  assert.deepEqual(parts, ["one", "two", "three", "four"]);
});

Deno.test("WorkerPool replaces a Worker that crashes, and continues with the queue", async () => {
  using pool = new WorkerPool<string, string>(MODULE, 1);
  const crashed = pool.run("crash");
  const next = pool.run("next");
  await assert.rejects(crashed, failsWith("WorkerDiedError", /crashed as told/));
  assert.equal(await next, "next");
});

Deno.test("WorkerPool replaces a Worker when it does not answer in time, and other jobs do not wait for it", async () => {
  using pool = new WorkerPool<string, string>(MODULE, 2, 500);
  const hung = pool.run("hang");
  assert.equal(await pool.run("other"), "other");
  await assert.rejects(hung, failsWith("WorkerDiedError", /did not answer within 0\.5 s/));
  assert.deepEqual(await Promise.all([pool.run("a"), pool.run("b")]), ["a", "b"]);
});

Deno.test("WorkerPool.end() fails running, queued and later jobs at once with its reason", async () => {
  using pool = new WorkerPool<string, string>(MODULE, 1);
  const [hung, waiting] = [pool.run("hang"), pool.run("wait")];
  pool.end(new Error("enough"));
  for (const job of [hung, waiting, pool.run("late")]) await assert.rejects(job, /^Error: enough$/);
});
