import assert from "node:assert/strict";
import { frameOf } from "../../../contract/identity.ts";
import { effect } from "@preact/signals";
import fc from "fast-check";
import type { VersionedFrame } from "../../../contract/frame_version.ts";
import { leadFields, leadOfHours, leadText, wholeHours } from "../../../contract/lead.ts";
import type { Sidecar } from "../../../contract/sidecar.ts";
import { EXAMPLE_SIDECAR } from "../../../tests/support/example_sidecar.ts";
import { type FakeClock, fakeClock, settle } from "../../../tests/support/fake_clock.ts";
import { FrameSync, type Prepared } from "./frame_sync.ts";

const sidecarOf = (hour: number): Sidecar => ({ ...EXAMPLE_SIDECAR, ...leadFields(leadOfHours(hour)) });
const frameAt = (hour: number) => frameOf(sidecarOf(hour));
const [FIRST, A, B, C] = [0, 1, 2, 3];
/** Time longer than a request waits for the frame that is loading. */
const LONG_MS = 150;
const SHORT_MS = 50;

/** A preparation that waits for the test to end it. */
interface Asked {
  readonly hour: number;
  readonly signal: AbortSignal;
  isSettled: boolean;
  come(): void;
  fail(error?: Error): void;
}

/** A FrameSync whose frames arrive and fail when the test says so. */
class Bench {
  readonly sync = new FrameSync(frameAt(FIRST!), sidecarOf(FIRST!));
  readonly asked: Asked[] = [];
  readonly paints: number[] = [];
  /** Sidecar of the last call of paint(). */
  shown: Sidecar = this.sync.sidecar.peek();

  attach(): void {
    this.sync.attach((frame, signal) => this.#prepare(frame, signal));
  }

  /** Attaches, and lets the first frame be painted. */
  async begin(): Promise<void> {
    this.attach();
    this.last(FIRST!).come();
    await settle();
    assert.deepEqual(this.paints, [FIRST]);
  }

  ask(hour: number): void {
    void this.sync.request(frameAt(hour));
  }

  /** Returns the last preparation of a frame. */
  last(hour: number): Asked {
    const found = this.asked.findLast((asked) => asked.hour === hour);
    assert.ok(found, `hour ${hour} was never prepared`);
    return found;
  }

  hoursAsked(): number[] {
    return this.asked.map(({ hour }) => hour);
  }

  check(): void {
    assert.equal(this.sync.sidecar.peek(), this.shown, "the sidecar is not that of the painted frame");
    assert.deepEqual(this.sync.paintedFrame.peek(), frameOf(this.shown));
    if (this.sync.status.peek() === "idle") {
      assert.deepEqual(this.sync.requested.peek(), this.sync.paintedFrame.peek());
    }
  }

  #prepare(frame: VersionedFrame, signal: AbortSignal): Promise<Prepared> {
    const { promise, resolve, reject } = Promise.withResolvers<Prepared>();
    const sidecar = sidecarOf(wholeHours(frame.lead)!);
    const asked: Asked = {
      hour: wholeHours(frame.lead)!,
      signal,
      isSettled: false,
      come: () => {
        asked.isSettled = true;
        const paint = () => {
          this.paints.push(wholeHours(frame.lead)!);
          this.shown = sidecar;
        };
        resolve({ frame, sidecar, paint });
      },
      fail: (error = new Error(`hour ${leadText(frame.lead)} is broken`)) => {
        asked.isSettled = true;
        reject(error);
      },
    };
    this.asked.push(asked);
    return promise;
  }
}

function lockTest(name: string, test: (bench: Bench, clock: FakeClock) => Promise<void>): void {
  Deno.test(`FrameSync ${name}`, async () => {
    using clock = fakeClock();
    const bench = new Bench();
    await test(bench, clock);
    bench.check();
  });
}

lockTest("reports the server's frame until a frame is painted", async (bench) => {
  const { sync } = bench;
  assert.equal(sync.status.peek(), "loading");
  assert.equal(sync.isPainted.peek(), false);
  assert.deepEqual(sync.paintedFrame.peek(), frameAt(FIRST!));
  await bench.begin();
  assert.equal(sync.status.peek(), "idle");
  assert.equal(sync.isPainted.peek(), true);
});

lockTest("keeps the painted frame until a delayed one arrives", async (bench, clock) => {
  await bench.begin();
  bench.ask(A!);
  await clock.pass(10 * LONG_MS);
  assert.equal(bench.sync.status.peek(), "loading");
  assert.deepEqual(bench.sync.requested.peek(), frameAt(A!));
  bench.check();
  assert.deepEqual(bench.paints, [FIRST]);
  bench.last(A!).come();
  await settle();
  assert.deepEqual(bench.paints, [FIRST, A]);
  assert.equal(bench.sync.status.peek(), "idle");
});

lockTest("never paints a superseded frame that arrives after its successor", async (bench, clock) => {
  await bench.begin();
  bench.ask(A!);
  bench.ask(B!);
  await clock.pass(LONG_MS);
  assert.deepEqual(bench.hoursAsked(), [FIRST, A, B]);
  assert.ok(bench.last(A!).signal.aborted);
  bench.last(B!).come();
  await settle();
  bench.last(A!).come();
  await clock.pass(LONG_MS);
  assert.deepEqual(bench.paints, [FIRST, B]);
  assert.equal(bench.sync.status.peek(), "idle");
});

lockTest("never paints a superseded frame that arrives before its successor", async (bench, clock) => {
  await bench.begin();
  bench.ask(A!);
  bench.ask(B!);
  await clock.pass(LONG_MS);
  bench.last(A!).come();
  await settle();
  assert.deepEqual(bench.paints, [FIRST]);
  bench.last(B!).come();
  await settle();
  assert.deepEqual(bench.paints, [FIRST, B]);
});

lockTest("paints a frame in passing when it was nearly ready", async (bench, clock) => {
  await bench.begin();
  bench.ask(A!);
  bench.ask(B!);
  await clock.pass(SHORT_MS);
  bench.last(A!).come();
  await settle();
  assert.deepEqual(bench.paints, [FIRST, A]);
  assert.equal(bench.sync.status.peek(), "loading");
  bench.check();
  assert.deepEqual(bench.hoursAsked(), [FIRST, A, B], "it waits no longer than for the frame it waits for");
  bench.last(B!).come();
  await settle();
  assert.deepEqual(bench.paints, [FIRST, A, B]);
});

lockTest("prepares only the last of many frames that are requested at once", async (bench, clock) => {
  await bench.begin();
  bench.ask(A!);
  for (let hour = 10; hour < 30; hour++) bench.ask(hour);
  bench.ask(B!);
  await clock.pass(LONG_MS);
  assert.deepEqual(bench.hoursAsked(), [FIRST, A, B]);
});

lockTest("reports a failure and returns to the painted frame", async (bench) => {
  await bench.begin();
  const { sync } = bench;
  const error = new Error("502");
  bench.ask(A!);
  bench.last(A!).fail(error);
  await settle();
  assert.equal(sync.status.peek(), "failed");
  assert.deepEqual(sync.failure.peek(), { frame: frameAt(A!), error });
  assert.deepEqual(sync.requested.peek(), frameAt(FIRST!));
  bench.ask(A!);
  assert.equal(sync.failure.peek(), null, "a new request forgets it");
  bench.last(A!).come();
  await settle();
  assert.deepEqual(bench.paints, [FIRST, A]);
  assert.equal(sync.status.peek(), "idle");
});

lockTest("still requests the first frame after it failed", async (bench) => {
  const { sync } = bench;
  bench.ask(A!);
  bench.attach();
  bench.last(A!).fail();
  await settle();
  assert.equal(sync.status.peek(), "failed");
  assert.deepEqual(sync.requested.peek(), frameAt(A!), "nothing is painted that it could go back to");
});

lockTest("reports a frame that cannot be painted", async (bench) => {
  const error = new Error("the graphics card was lost");
  const { sync } = bench;
  sync.attach((frame) =>
    Promise.resolve({
      frame,
      sidecar: sidecarOf(wholeHours(frame.lead)!),
      paint: () => {
        throw error;
      },
    })
  );
  await settle();
  assert.equal(sync.failure.peek()?.error, error);
  assert.equal(sync.isPainted.peek(), false);
});

lockTest("does not report the failure of a superseded frame", async (bench, clock) => {
  await bench.begin();
  const { sync } = bench;
  bench.ask(A!);
  bench.ask(B!);
  bench.last(A!).fail(); // while B waits for it
  await settle();
  assert.equal(sync.failure.peek(), null);
  bench.ask(C!);
  await clock.pass(LONG_MS);
  bench.last(B!).fail(); // after C took its place
  await settle();
  assert.equal(sync.failure.peek(), null);
  assert.deepEqual(sync.requested.peek(), frameAt(C!));
  bench.last(C!).come();
  await settle();
  assert.deepEqual(bench.paints, [FIRST, C]);
});

lockTest("prepares a frame once when it is requested twice", async (bench, clock) => {
  await bench.begin();
  bench.ask(A!);
  await clock.pass(LONG_MS);
  bench.ask(A!);
  await clock.pass(LONG_MS);
  bench.last(A!).come();
  await settle();
  bench.ask(A!);
  await clock.pass(LONG_MS);
  assert.deepEqual(bench.hoursAsked(), [FIRST, A]);
  assert.deepEqual(bench.paints, [FIRST, A]);
});

lockTest("resolves a request when its frame is painted, has failed or was superseded", async (bench, clock) => {
  await bench.begin();
  const ended: string[] = [];
  const ask = (hour: number, name: string) => void bench.sync.request(frameAt(hour)).then(() => ended.push(name));
  ask(A!, "A");
  ask(B!, "B");
  ask(C!, "C");
  await clock.pass(LONG_MS);
  assert.deepEqual(ended, ["B"]);
  bench.last(A!).fail();
  await settle();
  assert.deepEqual(ended, ["B", "A"]);
  bench.last(C!).come();
  await settle();
  assert.deepEqual(ended, ["B", "A", "C"]);
});

lockTest("prepares a frame again that was left for the painted one while it was loading", async (bench, clock) => {
  await bench.begin();
  bench.ask(A!);
  bench.ask(FIRST!);
  await clock.pass(LONG_MS);
  assert.equal(bench.sync.status.peek(), "idle");
  bench.ask(A!); // the dropped preparation may still be pending
  await settle();
  assert.deepEqual(bench.hoursAsked(), [FIRST, A, A]);
  bench.last(A!).come();
  await settle();
  assert.deepEqual(bench.paints, [FIRST, A]);
  assert.equal(bench.sync.status.peek(), "idle");
});

lockTest("is not confused by a dropped preparation of the frame it prepares again", async (bench, clock) => {
  await bench.begin();
  const same = frameAt(A!);
  const { sync } = bench;
  void sync.request(same);
  const dropped = bench.last(A!);
  bench.ask(B!);
  await clock.pass(LONG_MS);
  void sync.request(same);
  await clock.pass(LONG_MS);
  dropped.come();
  await settle();
  void sync.request(same);
  assert.deepEqual(bench.hoursAsked(), [FIRST, A, B, A]);
  bench.ask(C!);
  await clock.pass(LONG_MS);
  bench.last(C!).come();
  await settle();
  bench.last(A!).come();
  await settle();
  assert.deepEqual(bench.paints, [FIRST, C]);
});

lockTest(
  "paints nothing while it is detached, and the requested frame when it is attached again",
  async (bench, clock) => {
    await bench.begin();
    const { sync } = bench;
    bench.ask(A!);
    sync.detach();
    assert.equal(sync.isPainted.peek(), false);
    assert.ok(bench.last(A!).signal.aborted);
    bench.last(A!).come();
    bench.ask(B!);
    await clock.pass(LONG_MS);
    assert.deepEqual(bench.paints, [FIRST]);
    assert.deepEqual(bench.hoursAsked(), [FIRST, A]);
    bench.attach();
    bench.last(B!).come();
    await settle();
    assert.deepEqual(bench.paints, [FIRST, B]);
    assert.equal(sync.status.peek(), "idle");
  },
);

lockTest("paints on a new map the frame that was painted or loading on the old one", async (bench) => {
  await bench.begin();
  bench.sync.detach();
  bench.attach();
  bench.last(FIRST!).come();
  await settle();
  assert.deepEqual(bench.paints, [FIRST, FIRST]);
  bench.ask(A!);
  bench.sync.detach();
  bench.attach(); // before the old preparation has ended
  bench.last(A!).come();
  await settle();
  assert.deepEqual(bench.paints, [FIRST, FIRST, A]);
});

/** A possible next step. Pending preparations are numbered; a number is taken modulo their count. */
type Happening =
  | { readonly kind: "request"; readonly hour: number; readonly isSameObject: boolean }
  | { readonly kind: "come" | "fail"; readonly which: number }
  | { readonly kind: "pass"; readonly ms: number }
  | { readonly kind: "detach" | "attach" };

const happenings: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("request" as const),
      hour: fc.integer({ min: 0, max: 3 }),
      isSameObject: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("come" as const, "fail" as const), which: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("pass" as const), ms: fc.constantFrom(0, 60, 130) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("detach" as const, "attach" as const) }) },
);

Deno.test("FrameSync keeps image, sidecar and painted frame together in any order of events", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happenings, { maxLength: 30 }), async (story) => {
      using clock = fakeClock();
      const bench = new Bench();
      const { sync } = bench;
      const objects = [0, 1, 2, 3].map(frameAt);
      const stop = effect(() => {
        void [sync.sidecar.value, sync.paintedFrame.value, sync.isPainted.value, sync.status.value];
        bench.check();
      });
      let isAttached = false;
      const act = async (next: Happening) => {
        const waiting = bench.asked.filter(({ isSettled }) => !isSettled);
        if (next.kind === "request") {
          void sync.request(next.isSameObject ? objects[next.hour]! : frameAt(next.hour));
        } else if (next.kind === "come" || next.kind === "fail") {
          waiting[next.which % waiting.length]?.[next.kind]();
        } else if (next.kind === "pass") {
          await clock.pass(next.ms);
        } else if (isAttached !== (next.kind === "attach")) {
          isAttached = !isAttached;
          if (isAttached) bench.attach();
          else sync.detach();
        }
        bench.check();
        const alive = bench.asked.filter(({ isSettled, signal }) => !isSettled && !signal.aborted);
        assert.ok(alive.length <= 1, "two frames are prepared at once");
      };
      for (const next of story) await act(next);
      // The requested frame is painted in the end, and nothing waits forever.
      await act({ kind: "attach" });
      for (let i = 0; i < 3; i++) {
        await clock.pass(LONG_MS);
        for (const asked of bench.asked) if (!asked.isSettled) asked.come();
        await settle();
      }
      if (sync.status.peek() === "failed" && !sync.isPainted.peek()) return stop();
      assert.deepEqual(sync.paintedFrame.peek(), sync.requested.peek());
      assert.notEqual(sync.status.peek(), "loading");
      bench.check();
      stop();
    }),
    { numRuns: 300 },
  );
});
