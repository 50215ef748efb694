import assert from "node:assert/strict";
import { delay, gateOf, HostGate } from "./host_gate.ts";

const NEVER = new AbortController().signal;
const WINDOW_MS = 60;
/** A window that no test waits for. */
const LONG_WINDOW_MS = 3_600_000;

/** Lets all work run that does not wait for a timer. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** Starts works that end when the test resolves them; `begun` is the order in which the gate began them. */
function startWorks(gate: HostGate, count: number, signal = NEVER) {
  const begun: number[] = [];
  const works = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const runs = works.map(({ promise }, i) =>
    gate.run(() => {
      begun.push(i);
      return promise;
    }, signal)
  );
  return { begun, works, runs };
}

Deno.test("HostGate.run() runs the allowed number of works at a time, and the next one when one of them ends", async () => {
  const { begun, works, runs } = startWorks(new HostGate({ maxConcurrent: 2 }), 5);
  await settle();
  assert.deepEqual(begun, [0, 1]);
  works[1]!.resolve();
  await settle();
  assert.deepEqual(begun, [0, 1, 2]);
  works[0]!.resolve();
  works[2]!.resolve();
  await settle();
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
  for (const { resolve } of works) resolve();
  await Promise.all(runs);
});

Deno.test("HostGate.run() runs six works at a time when no limit is given", async () => {
  const { begun, works, runs } = startWorks(new HostGate({}), 8);
  await settle();
  assert.equal(begun.length, 6);
  for (const { resolve } of works) resolve();
  await Promise.all(runs);
  assert.equal(begun.length, 8);
});

Deno.test("HostGate.run() returns the result of the work, and frees its place when the work fails", async () => {
  const gate = new HostGate({ maxConcurrent: 1 });
  const reason = new Error("lost");
  const failing = gate.run(() => Promise.reject(reason), NEVER);
  const throwing = gate.run(() => {
    throw reason;
  }, NEVER);
  const giving = gate.run(() => Promise.resolve(7), NEVER);
  await assert.rejects(failing, (error: unknown) => error === reason);
  await assert.rejects(throwing, (error: unknown) => error === reason);
  assert.equal(await giving, 7);
});

Deno.test("HostGate.run() begins no more works in a window than the limit, and all of them in the end", async () => {
  const gate = new HostGate({ maxConcurrent: 6, requestsPerMinute: 2 }, WINDOW_MS);
  const asked = performance.now();
  const afterMs: number[] = [];
  const names = await Promise.all([0, 1, 2, 3, 4].map((i) =>
    gate.run(() => {
      afterMs.push(performance.now() - asked);
      return Promise.resolve(i);
    }, NEVER)
  ));
  assert.deepEqual(names, [0, 1, 2, 3, 4]);
  afterMs.forEach((ms, nth) => {
    const windows = Math.floor(nth / 2);
    assert.ok(ms >= windows * WINDOW_MS, `begun as number ${nth} after ${ms} ms`);
  });
});

Deno.test("HostGate.run() keeps the order of the waiting works", async () => {
  const gate = new HostGate({ maxConcurrent: 1, requestsPerMinute: 2 }, WINDOW_MS);
  const begun: number[] = [];
  await Promise.all([0, 1, 2, 3, 4].map((i) => gate.run(() => Promise.resolve(begun.push(i)), NEVER)));
  assert.deepEqual(begun, [0, 1, 2, 3, 4]);
});

Deno.test("HostGate.run() counts each request for a whole window", async () => {
  const gate = new HostGate({ requestsPerMinute: 2 }, WINDOW_MS);
  const asked = performance.now();
  await gate.run(() => Promise.resolve(), NEVER);
  await new Promise((resolve) => setTimeout(resolve, WINDOW_MS / 2));
  await gate.run(() => Promise.resolve(), NEVER);
  await gate.run(() => Promise.resolve(), NEVER);
  assert.ok(performance.now() - asked >= WINDOW_MS);
});

Deno.test("HostGate.run() counts a request that failed: the host saw it", async () => {
  const gate = new HostGate({ requestsPerMinute: 1 }, WINDOW_MS);
  const asked = performance.now();
  await assert.rejects(gate.run(() => Promise.reject(new Error("503")), NEVER));
  await gate.run(() => Promise.resolve(), NEVER);
  assert.ok(performance.now() - asked >= WINDOW_MS);
});

Deno.test("HostGate.run() forgets requests that are older than the window", async () => {
  const gate = new HostGate({ requestsPerMinute: 2 }, WINDOW_MS);
  for (let round = 0; round < 2; round++) {
    const { begun, works, runs } = startWorks(gate, 2);
    await settle();
    assert.deepEqual(begun, [0, 1], `round ${round}`);
    for (const { resolve } of works) resolve();
    await Promise.all(runs);
    await new Promise((resolve) => setTimeout(resolve, 2 * WINDOW_MS));
  }
});

Deno.test("HostGate.run() has no window when no limit per minute is given", async () => {
  const gate = new HostGate({ maxConcurrent: 1 }, LONG_WINDOW_MS);
  let begun = 0;
  for (let i = 0; i < 300; i++) await gate.run(() => Promise.resolve(begun++), NEVER);
  assert.equal(begun, 300);
});

Deno.test("HostGate.run() rejects with the signal's reason when it aborts while the window is full", async () => {
  const gate = new HostGate({ requestsPerMinute: 1 }, LONG_WINDOW_MS);
  await gate.run(() => Promise.resolve(), NEVER);
  const controller = new AbortController();
  const reason = new Error("enough");
  const { begun, runs } = startWorks(gate, 3, controller.signal);
  await settle();
  controller.abort(reason);
  for (const run of runs) await assert.rejects(run, (error: unknown) => error === reason);
  assert.deepEqual(begun, []);
});

Deno.test("HostGate.run() lets other works wait on when one of them is aborted", async () => {
  const gate = new HostGate({ maxConcurrent: 2, requestsPerMinute: 1 }, WINDOW_MS);
  await gate.run(() => Promise.resolve(), NEVER);
  const controller = new AbortController();
  const aborted = gate.run(() => Promise.resolve("aborted"), controller.signal);
  const waiting = gate.run(() => Promise.resolve("waited"), NEVER);
  await settle();
  controller.abort();
  await assert.rejects(aborted, { name: "AbortError" });
  assert.equal(await waiting, "waited");
});

Deno.test("HostGate.run() does not begin a work whose signal aborted before the call or during the wait", async () => {
  const gate = new HostGate({ maxConcurrent: 1, requestsPerMinute: 100 });
  const reason = new Error("enough");
  await assert.rejects(
    gate.run(() => assert.fail("it began"), AbortSignal.abort(reason)),
    (error: unknown) => error === reason,
  );
  const controller = new AbortController();
  const first = startWorks(gate, 1);
  const second = startWorks(gate, 1, controller.signal);
  await settle();
  controller.abort(reason);
  first.works[0]!.resolve();
  await assert.rejects(second.runs[0]!, (error: unknown) => error === reason);
  assert.deepEqual([first.begun, second.begun], [[0], []]);
  await first.runs[0];
});

Deno.test("gateOf() returns the same gate for a host, whatever the path and the limits", () => {
  const gate = gateOf("https://one.example/prod/", { requestsPerMinute: 100 });
  assert.equal(gateOf("https://one.example/other/", {}), gate);
  assert.equal(gateOf("https://ONE.example/", {}), gate);
  assert.notEqual(gateOf("https://two.example/prod/", { requestsPerMinute: 100 }), gate);
  assert.notEqual(gateOf("https://one.example:8443/prod/", { requestsPerMinute: 100 }), gate);
});

Deno.test("gateOf() returns a gate with the limits of the host", async () => {
  const controller = new AbortController();
  const gate = gateOf("https://limited.example/", { maxConcurrent: 2, requestsPerMinute: 3 });
  const { begun, works, runs } = startWorks(gate, 5, controller.signal);
  await settle();
  assert.deepEqual(begun, [0, 1]);
  for (const { resolve } of works) resolve();
  await settle();
  assert.deepEqual(begun, [0, 1, 2], "the others wait for a minute to pass");
  controller.abort();
  const outcomes = await Promise.allSettled(runs);
  assert.deepEqual(outcomes.map(({ status }) => status), [
    "fulfilled",
    "fulfilled",
    "fulfilled",
    "rejected",
    "rejected",
  ]);
});

Deno.test("delay() waits at least the given time", async () => {
  const started = performance.now();
  await delay(20, NEVER);
  assert.ok(performance.now() - started >= 19); // timers count whole milliseconds
});

Deno.test("delay() rejects with the signal's reason when it aborts, but not after the delay", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const waiting = delay(LONG_WINDOW_MS, controller.signal);
  controller.abort(reason);
  await assert.rejects(waiting, (error: unknown) => error === reason);
  const done = new AbortController();
  await delay(0, done.signal);
  done.abort(reason);
});
