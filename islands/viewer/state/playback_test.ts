import assert from "node:assert/strict";
import fc from "fast-check";
import { type FakeClock, fakeClock } from "../../../tests/support/fake_clock.ts";
import { Playback, SPEEDS, type Stage } from "./playback.ts";

/** Time of a step at the usual 2.5 hours a second. */
const STEP_MS = 400;

/** Frames that are ready or missing as the test decides, and a record of the shown frames and their times. */
class FakeStage implements Stage {
  readonly shows: { readonly atMs: number; readonly index: number }[] = [];
  readonly missing = new Set<number>();
  expected: readonly number[] = [];
  shown = 0;

  constructor(readonly clock: FakeClock, public count: number) {}

  frameCount(): number {
    return this.count;
  }

  /** Returns the first frame when the shown one is no longer among the hours, as a pane does. */
  shownIndex(): number {
    return this.shown < this.count ? this.shown : 0;
  }

  isReady(index: number): boolean {
    assert.ok(Number.isInteger(index) && index >= 0 && index < this.count, `there is no frame ${index}`);
    return !this.missing.has(index);
  }

  preload(indices: readonly number[]): void {
    for (const index of indices) this.isReady(index); // asserts that each of them exists
    this.expected = indices;
  }

  show(index: number): void {
    assert.ok(this.isReady(index), `frame ${index} was shown before it was ready`);
    this.shows.push({ atMs: this.clock.nowMs(), index });
    this.shown = index;
  }

  /** Returns the frames that were shown since the last call. */
  taken(): number[] {
    return this.shows.splice(0).map(({ index }) => index);
  }
}

function playbackTest(
  name: string,
  test: (parts: { stage: FakeStage; playback: Playback; clock: FakeClock }) => void | Promise<void>,
): void {
  Deno.test(`Playback ${name}`, async () => {
    using clock = fakeClock();
    const stage = new FakeStage(clock, 5);
    await test({ stage, playback: new Playback(stage), clock });
  });
}

playbackTest("steps at its speed and begins again after the last frame", async ({ stage, playback, clock }) => {
  playback.play();
  await clock.pass(5 * STEP_MS);
  assert.deepEqual(
    stage.shows,
    [1, 2, 3, 4, 0, 1].map((index, i) => ({ atMs: i * STEP_MS, index })),
  );
});

for (const perSecond of SPEEDS) {
  playbackTest(`shows ${perSecond} hours a second`, async ({ stage, playback, clock }) => {
    playback.setSpeed(perSecond);
    playback.play();
    await clock.pass(10_000);
    assert.ok(Math.abs(stage.shows.length - (10 * perSecond + 1)) <= 1, `${stage.shows.length}`);
  });
}

playbackTest("goes back and forth when it bounces", async ({ stage, playback, clock }) => {
  playback.setMode("bounce");
  playback.play();
  await clock.pass(11 * STEP_MS);
  assert.deepEqual(stage.taken(), [1, 2, 3, 4, 3, 2, 1, 0, 1, 2, 3, 4]);
});

playbackTest("goes forward again when it loops after it bounced", async ({ stage, playback, clock }) => {
  playback.setMode("bounce");
  playback.play();
  await clock.pass(5 * STEP_MS);
  assert.deepEqual(stage.taken(), [1, 2, 3, 4, 3, 2]);
  playback.setMode("loop");
  await clock.pass(2 * STEP_MS);
  assert.deepEqual(stage.taken(), [3, 4]);
});

playbackTest("requests the next frames in the order they are due", async ({ stage, playback, clock }) => {
  stage.count = 7;
  stage.shown = 3;
  playback.setMode("bounce");
  playback.play();
  assert.deepEqual(stage.expected, [4, 5, 6, 5]);
  await clock.pass(3 * STEP_MS);
  assert.deepEqual(stage.taken(), [4, 5, 6, 5]);
  assert.deepEqual(stage.expected, [5, 4, 3, 2]);
});

playbackTest("waits for a frame that arrives within a second", async ({ stage, playback, clock }) => {
  stage.missing.add(2);
  playback.play();
  await clock.pass(STEP_MS + 900);
  assert.deepEqual(stage.taken(), [1]);
  stage.missing.clear();
  await clock.pass(50);
  assert.deepEqual(stage.taken(), [2]);
  assert.deepEqual([...playback.skipped.peek()], []);
});

playbackTest("keeps the distance to the next frame after a late one", async ({ stage, playback, clock }) => {
  stage.missing.add(2);
  playback.play();
  await clock.pass(STEP_MS + 600);
  stage.missing.clear();
  await clock.pass(50 + STEP_MS);
  const [, late, next] = stage.shows;
  assert.equal(next!.atMs - late!.atMs, STEP_MS);
});

playbackTest("skips a frame that does not arrive, and marks it until it is shown", async (
  { stage, playback, clock },
) => {
  stage.missing.add(2);
  playback.play();
  await clock.pass(STEP_MS + 999);
  assert.deepEqual(stage.taken(), [1]);
  assert.deepEqual([...playback.skipped.peek()], []);
  await clock.pass(41);
  assert.deepEqual(stage.taken(), [3]);
  assert.deepEqual([...playback.skipped.peek()], [2]);
  stage.missing.clear();
  await clock.pass(3 * STEP_MS);
  assert.deepEqual(stage.taken(), [4, 0, 1]);
  assert.deepEqual([...playback.skipped.peek()], [2]);
  await clock.pass(STEP_MS);
  assert.deepEqual(stage.taken(), [2]);
  assert.deepEqual([...playback.skipped.peek()], []);
});

playbackTest("marks all frames that it skips", async ({ stage, playback, clock }) => {
  stage.missing.add(2).add(3);
  playback.play();
  await clock.pass(STEP_MS + 1040);
  assert.deepEqual(stage.taken(), [1, 4]);
  assert.deepEqual([...playback.skipped.peek()], [2, 3]);
});

playbackTest("forgets its marks when it is started again", async ({ stage, playback, clock }) => {
  stage.missing.add(2);
  playback.play();
  await clock.pass(STEP_MS + 1040);
  playback.pause();
  assert.deepEqual([...playback.skipped.peek()], [2]);
  playback.play();
  assert.deepEqual([...playback.skipped.peek()], []);
});

playbackTest("stays when nothing else is ready, and reports a mark once", async ({ stage, playback, clock }) => {
  for (const index of [1, 2, 3, 4]) stage.missing.add(index);
  let changes = -1;
  const stop = playback.skipped.subscribe(() => void changes++);
  playback.play();
  changes = 0;
  await clock.pass(5000);
  assert.deepEqual(stage.taken(), []);
  assert.equal(changes, 1);
  stage.missing.delete(3);
  await clock.pass(50);
  assert.deepEqual(stage.taken(), [3]);
  stop();
});

for (const mode of ["loop", "bounce"] as const) {
  for (const [missing, count] of [[0, 5], [2, 5], [4, 5], [2, 3]] as const) {
    playbackTest(`(${mode}) continues when frame ${missing} of ${count} never arrives`, async (
      { stage, playback, clock },
    ) => {
      stage.count = count;
      stage.shown = 1;
      stage.missing.add(missing);
      playback.setMode(mode);
      playback.play();
      await clock.pass(20_000);
      const seen = new Set(stage.taken());
      assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4].filter((index) => index < count && index !== missing));
    });
  }
}

playbackTest("turns before the end only when no frame on the way there arrives for long", async (
  { stage, playback, clock },
) => {
  playback.setMode("bounce");
  stage.shown = 1;
  for (const index of [2, 3, 4]) stage.missing.add(index);
  playback.play();
  await clock.pass(4_000);
  assert.deepEqual(stage.taken(), []);
  stage.missing.delete(4);
  await clock.pass(100);
  assert.deepEqual(stage.taken(), [4]);
});

playbackTest("waits before a turn once, and not on each pass", async ({ stage, playback, clock }) => {
  playback.setMode("bounce");
  for (const index of [3, 4]) stage.missing.add(index);
  playback.play();
  await clock.pass(3 * STEP_MS + 5_000);
  stage.taken();
  await clock.pass(2 * (4 * STEP_MS + 2_000));
  assert.deepEqual(stage.taken().slice(0, 6), [1, 2, 1, 0, 1, 2]);
});

playbackTest(
  "requests frames behind a gap that is wider than its prefetch",
  async ({ stage, playback, clock }) => {
    stage.count = 12;
    // A map loads the frames that it is asked for and knows of no others.
    const broken = [1, 2, 3, 4, 5, 6];
    for (let index = 1; index < 12; index++) stage.missing.add(index);
    const preload = stage.preload.bind(stage);
    stage.preload = (indices) => {
      preload(indices);
      for (const index of indices) if (!broken.includes(index)) stage.missing.delete(index);
    };
    playback.play();
    await clock.pass(6000);
    assert.equal(stage.taken()[0], 7);
    assert.deepEqual([...playback.skipped.peek()].filter((index) => index < 7).sort(), broken);
  },
);

playbackTest("stops when it is paused, and continues from there", async ({ stage, playback, clock }) => {
  playback.play();
  await clock.pass(STEP_MS + 10);
  playback.pause();
  assert.equal(playback.isPlaying.peek(), false);
  assert.deepEqual(stage.taken(), [1, 2]);
  await clock.pass(5000);
  assert.deepEqual(stage.taken(), []);
  playback.toggle();
  playback.play(); // already playing
  await clock.pass(STEP_MS);
  assert.deepEqual(stage.taken(), [3, 4]);
  playback.toggle();
  await clock.pass(5000);
  assert.deepEqual(stage.taken(), []);
});

playbackTest("stops when it is paused while a frame is awaited", async ({ stage, playback, clock }) => {
  stage.missing.add(2);
  playback.play();
  await clock.pass(STEP_MS + 500);
  playback.pause();
  stage.missing.clear();
  await clock.pass(5000);
  assert.deepEqual(stage.taken(), [1]);
});

playbackTest("takes another speed from the next step on", async ({ stage, playback, clock }) => {
  playback.play();
  await clock.pass(STEP_MS);
  playback.setSpeed(10);
  await clock.pass(STEP_MS + 300);
  playback.setSpeed(1);
  await clock.pass(100 + 1000);
  const times = stage.shows.map(({ atMs }) => atMs);
  assert.deepEqual(times, [0, 400, 800, 900, 1000, 1100, 1200, 2200]);
});

playbackTest("keeps its speed within the range that is offered", ({ playback }) => {
  playback.setSpeed(1000);
  assert.equal(playback.speed.peek(), SPEEDS.at(-1));
  playback.setSpeed(0);
  assert.equal(playback.speed.peek(), SPEEDS[0]);
});

playbackTest("continues with more frames and with fewer", async ({ stage, playback, clock }) => {
  playback.play();
  await clock.pass(3 * STEP_MS);
  assert.deepEqual(stage.taken(), [1, 2, 3, 4]);
  stage.count = 7;
  await clock.pass(2 * STEP_MS);
  assert.deepEqual(stage.taken(), [5, 6]);
  stage.count = 3;
  await clock.pass(3 * STEP_MS);
  assert.deepEqual(stage.taken(), [1, 2, 0]);
});

playbackTest("stops when there is nothing left to step through", async ({ stage, playback, clock }) => {
  playback.play();
  await clock.pass(STEP_MS);
  stage.count = 1;
  await clock.pass(STEP_MS);
  assert.equal(playback.isPlaying.peek(), false);
  playback.play();
  assert.equal(playback.isPlaying.peek(), false);
});

Deno.test("Playback never shows a frame that is not ready or does not exist", async () => {
  const happenings = fc.oneof(
    fc.record({ kind: fc.constantFrom("missing" as const, "there" as const), value: fc.nat(7) }),
    fc.record({ kind: fc.constant("count" as const), value: fc.integer({ min: 1, max: 8 }) }),
    fc.record({ kind: fc.constant("speed" as const), value: fc.constantFrom(...SPEEDS) }),
    fc.record({
      kind: fc.constantFrom("loop" as const, "bounce" as const, "toggle" as const),
      value: fc.constant(0),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(happenings, { maxLength: 15 }), async (story) => {
      using clock = fakeClock();
      const stage = new FakeStage(clock, 6); // its methods assert
      const playback = new Playback(stage);
      playback.play();
      for (const { kind, value } of story) {
        if (kind === "missing") stage.missing.add(value);
        else if (kind === "there") stage.missing.delete(value);
        else if (kind === "count") stage.count = value;
        else if (kind === "speed") playback.setSpeed(value);
        else if (kind === "toggle") playback.toggle();
        else playback.setMode(kind);
        await clock.pass(250);
      }
      // Playback shows every frame once all of them are ready.
      stage.missing.clear();
      stage.count = 6;
      playback.play();
      stage.shows.length = 0;
      await clock.pass(2000 + 12_000);
      assert.deepEqual([...new Set(stage.taken())].sort(), [0, 1, 2, 3, 4, 5]);
    }),
    { numRuns: 60 },
  );
});
