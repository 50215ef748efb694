import assert from "node:assert/strict";
import { BusyError } from "../errors.ts";
import { DrawQueue } from "./draw_queue.ts";

function work(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

Deno.test("DrawQueue draws at once when nothing waits", () => {
  const queue = new DrawQueue(10);
  assert.equal(queue.run(() => "tile"), "tile");
});

Deno.test("DrawQueue draws in the order of asking, and lets others have their turn in between", async () => {
  const queue = new DrawQueue(100);
  const drawn: number[] = [];
  let turns = 0;
  const others = setInterval(() => turns++, 0);
  const asked = Array.from({ length: 40 }, (_, i) =>
    queue.run(() => {
      work(1);
      drawn.push(i);
    }));
  assert.ok(drawn.length < 40);
  await Promise.all(asked);
  clearInterval(others);
  assert.deepEqual(drawn, Array.from({ length: 40 }, (_, i) => i));
  assert.ok(turns >= 2, `${turns} turns`);
  assert.equal(queue.length, 0);
});

Deno.test("DrawQueue sends away who would wait too long, and tells an error to who asked", async () => {
  const queue = new DrawQueue(3);
  queue.run(() => work(6)); // the slice is used up
  const failing = queue.run(() => {
    throw new TypeError("damaged");
  });
  const others = [queue.run(() => 1), queue.run(() => 2)];
  assert.throws(() => queue.run(() => 3), (error: unknown) => error instanceof BusyError && error.retryAfterS === 1);
  await assert.rejects(Promise.resolve(failing), /damaged/);
  assert.deepEqual(await Promise.all(others), [1, 2]);
  await new Promise((wake) => setTimeout(wake, 10));
  assert.equal(queue.run(() => 4), 4);
});
