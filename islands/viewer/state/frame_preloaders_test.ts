import assert from "node:assert/strict";
import { BEGINNING } from "../../../tests/support/published_answers.ts";
import { paintOn, viewerOf } from "../../../tests/support/published_viewer.ts";
import { Pane } from "./pane.ts";

const [SIX, SEVEN] = [Date.UTC(2026, 1, 17, 6), Date.UTC(2026, 1, 17, 7)];

/** Makes two compared panes, whose maps have the frames of these times. */
async function twoPanes(firstHas: readonly number[], secondHas: readonly number[]) {
  const { models, first, comparison, preloaders } = viewerOf();
  const second = new Pane(models, BEGINNING);
  comparison.second.value = second;
  const asked: string[] = [];
  const register = (pane: Pane, name: string, times: readonly number[]) =>
    preloaders.register(pane, {
      isReady: (timeMs) => times.includes(timeMs),
      preload: (timesMs) => asked.push(`${name}: ${timesMs.length} frames`),
    });
  register(first, "first", firstHas);
  register(second, "second", secondHas);
  await Promise.all([paintOn(first), paintOn(second)]);
  return { first, second, comparison, preloaders, asked };
}

Deno.test("FramePreloaders.isReady() waits for both maps when their time is linked, and else for the first", async () => {
  const { comparison, preloaders } = await twoPanes([SIX, SEVEN], [SIX]);
  assert.deepEqual([preloaders.isReady(SIX), preloaders.isReady(SEVEN)], [true, false]);
  comparison.isTimeLinked.value = false;
  assert.equal(preloaders.isReady(SEVEN), true);
});

Deno.test("FramePreloaders.isReady() is false while a map has not painted the last frame yet", async () => {
  const { second, preloaders } = await twoPanes([SIX], [SIX]);
  second.sync.detach();
  assert.equal(second.sync.status.peek(), "loading");
  assert.equal(preloaders.isReady(SIX), false);
});

Deno.test("FramePreloaders.isReady() is false without a map", async () => {
  const { first, preloaders } = await twoPanes([SIX], [SIX]);
  preloaders.register(first, null);
  assert.equal(preloaders.isReady(SIX), false);
});

Deno.test("FramePreloaders.preload() asks the maps that play, and no others", async () => {
  const { comparison, preloaders, asked } = await twoPanes([], []);
  preloaders.preload([SIX, SEVEN]);
  assert.deepEqual(asked.splice(0), ["first: 2 frames", "second: 2 frames"]);
  comparison.isTimeLinked.value = false;
  preloaders.preload([SIX]);
  assert.deepEqual(asked, ["first: 1 frames"]);
});
