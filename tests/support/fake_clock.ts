import { mock } from "node:test";

/** Time that passes only when a test says so. */
export interface FakeClock {
  nowMs(): number;
  /** Lets time pass, a millisecond at a time; after each, promises that are settled are followed. */
  pass(ms: number): Promise<void>;
}

/** So many turns of the queue of microtasks are enough for the longest chain of awaits in what is tested. */
const MICROTASKS = 30;

/** Follows promises that are settled, without letting time pass. */
export async function settle(): Promise<void> {
  for (let i = 0; i < MICROTASKS; i++) await null;
}

/** Runs a test while `setTimeout` and `performance.now` stand still. What is still to come is forgotten at the end. */
export async function withFakeClock(test: (clock: FakeClock) => Promise<void>): Promise<void> {
  const realNow = performance.now;
  let nowMs = 0;
  mock.timers.enable({ apis: ["setTimeout"] });
  performance.now = () => nowMs;
  // Time passes by whole milliseconds, and a timer never fires before its time.
  const fakeSetTimeout = globalThis.setTimeout;
  globalThis.setTimeout =
    ((fire: () => void, ms = 0) => fakeSetTimeout(fire, Math.max(Math.ceil(ms), 1))) as typeof setTimeout;
  try {
    await test({
      nowMs: () => nowMs,
      pass: async (ms) => {
        await settle();
        for (let passed = 0; passed < ms; passed++) {
          nowMs++;
          mock.timers.tick(1);
          await settle();
        }
      },
    });
  } finally {
    performance.now = realNow;
    globalThis.setTimeout = fakeSetTimeout;
    mock.timers.reset();
  }
}
