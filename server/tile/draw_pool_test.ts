import assert from "node:assert/strict";
import { getLogger } from "@logtape/logtape";
import { BusyError } from "../errors.ts";
import { DrawPool, type DrawPoolSettings } from "./draw_pool.ts";

const WORKER = new URL("../../tests/support/draw_worker.ts", import.meta.url);

function poolOf(settings: Partial<DrawPoolSettings> = {}): DrawPool {
  const worker = WORKER;
  const usual = { threads: 2, blockCacheMb: 8, maxQueued: 100, maxPrefetches: 10, worker };
  return new DrawPool({ ...usual, ...settings }, getLogger("test"));
}

const job = (x: number, path = "a") => ({ path, version: "1", tile: { z: 9, x, y: 0 }, sizePx: 512 });

Deno.test("DrawPool gives each caller the requested tile, although all threads draw from one image", async () => {
  using pool = poolOf();
  const tiles = await Promise.all(Array.from({ length: 60 }, (_, x) => pool.draw(job(x))));
  assert.deepEqual(tiles.map(([x]) => x), Array.from({ length: 60 }, (_, x) => x));
  assert.equal(pool.queued, 0);
  assert.deepEqual(pool.memory, { blockBytes: 2, openFiles: 4 });
});

Deno.test("DrawPool refuses a request when its queue is full, and draws the others", async () => {
  using pool = poolOf({ maxQueued: 3 });
  const begun = Array.from({ length: 6 }, (_, x) => pool.draw(job(x))); // three in each thread
  const waiting = [pool.draw(job(6)), pool.draw(job(7)), pool.draw(job(8))];
  assert.throws(() => pool.draw(job(9)), (error: unknown) => error instanceof BusyError && error.retryAfterS === 1);
  assert.equal((await Promise.all([...begun, ...waiting])).length, 9);
  assert.deepEqual([...await pool.draw(job(10))], [10]);
});

Deno.test("DrawPool prefetches when no request waits, moves up a prioritized job, and drops the oldest", async () => {
  using pool = poolOf({ maxPrefetches: 2, threads: 1 });
  const order: string[] = [];
  const told = <T>(name: string, png: Promise<T>) => png.then((answer) => (order.push(name), answer));
  const wanted = [1, 2, 3, 4, 5].map((x) => told(`wanted ${x}`, pool.draw(job(x))));
  const first = pool.prefetch(job(10));
  const second = pool.prefetch(job(11));
  const third = pool.prefetch(job(12));
  assert.equal(await first.png, null);
  assert.equal(pool.queuedPrefetches, 2);
  const prefetch = told("second", second.png);
  const hurried = told("third", third.png);
  third.prioritize();
  assert.equal(pool.queuedPrefetches, 1);
  const late = told("late", pool.draw(job(6)));
  await Promise.all([...wanted, prefetch, hurried, late]);
  assert.deepEqual(order.slice(-3), ["third", "late", "second"]);
});

Deno.test("DrawPool reports that a file is gone", async () => {
  using pool = poolOf();
  await assert.rejects(pool.draw(job(0, "gone")), Deno.errors.NotFound);
});

Deno.test("DrawPool replaces a thread that fails or hangs, and its callers are told to come again", async () => {
  using pool = poolOf({ threads: 1, hangsAfterMs: 200 });
  for (const path of ["crash", "hang"]) {
    await assert.rejects(pool.draw(job(0, path)), BusyError, path);
    assert.deepEqual([...await pool.draw(job(7))], [7], path);
  }
});

Deno.test("DrawPool does not replace a thread that is slow to start", async () => {
  using pool = poolOf({ threads: 1, hangsAfterMs: 100, worker: new URL("?startsAfterMs=800", WORKER) });
  assert.deepEqual([...await pool.draw(job(7))], [7]);
});

Deno.test("DrawPool rejects all pending tiles when it ends", async () => {
  const pool = poolOf({ threads: 1 });
  const waiting = [...Array.from({ length: 5 }, (_, x) => pool.draw(job(x))), pool.prefetch(job(9)).png];
  const ends = Promise.allSettled(waiting);
  pool[Symbol.dispose]();
  assert.deepEqual((await ends).map(({ status }) => status), Array(6).fill("rejected"));
});
