import { mock } from "node:test";

/** A clock that advances only when a test lets time pass. */
export interface FakeClock extends Disposable {
  nowMs(): number;
  /** Lets time pass, one millisecond at a time; after each, settled promises continue. */
  pass(ms: number): Promise<void>;
}

/** Turns of the microtask queue: enough for the longest chain of awaits in the tested code. */
const MICROTASKS = 30;

/** Lets settled promises continue, without letting time pass. */
export async function settle(): Promise<void> {
  for (let i = 0; i < MICROTASKS; i++) await null;
}

/** Stops `setTimeout` and `performance.now` until the test ends. Timers that are pending then are dropped. */
export function fakeClock(): FakeClock {
  const realNow = performance.now;
  let nowMs = 0;
  mock.timers.enable({ apis: ["setTimeout"] });
  performance.now = () => nowMs;
  // Time passes in whole milliseconds, and a timer never fires before its time.
  const fakeSetTimeout = globalThis.setTimeout;
  globalThis.setTimeout =
    ((fire: () => void, ms = 0) => fakeSetTimeout(fire, Math.max(Math.ceil(ms), 1))) as typeof setTimeout;
  return {
    nowMs: () => nowMs,
    pass: async (ms) => {
      await settle();
      for (let passed = 0; passed < ms; passed++) {
        nowMs++;
        mock.timers.tick(1);
        await settle();
      }
    },
    [Symbol.dispose]() {
      performance.now = realNow;
      globalThis.setTimeout = fakeSetTimeout;
      mock.timers.reset();
    },
  };
}
