import assert from "node:assert/strict";
import { type FakeClock, fakeClock } from "../../../tests/support/fake_clock.ts";
import { paintOn, viewerOf } from "../../../tests/support/published_viewer.ts";
import { replaceGlobals } from "../../../tests/support/replace_globals.ts";
import { keepAddress } from "./address.ts";
import type { Viewer } from "./viewer.ts";

interface Page extends Disposable {
  readonly viewer: Viewer;
  readonly clock: FakeClock;
  /** Addresses that were written, without the part before the hour. */
  readonly written: readonly string[];
  readonly document: { readonly title: string };
  readonly stop: () => void;
}

/** Opens a page at `/models-v3` that keeps its address. */
function openPage(): Page {
  using stack = new DisposableStack();
  const written: string[] = [];
  const history = { replaceState: (_: null, __: string, url: string) => written.push(url.replace(/\?.*&fh=/, "?…")) };
  const document = { title: "" };
  const clock = stack.use(fakeClock());
  stack.use(replaceGlobals({ history, document, location: { pathname: "/models-v3" } }));
  const viewer = viewerOf();
  const stop = stack.adopt(keepAddress(viewer), (stop) => stop());
  const opened = stack.move();
  return { viewer, clock, written, document, stop, [Symbol.dispose]: () => opened.dispose() };
}

Deno.test("keepAddress() writes address and title 400 ms after the first frame is painted", async () => {
  using opened = openPage();
  const { viewer, clock, written, document } = opened;
  await clock.pass(1000);
  assert.deepEqual(written, [], "nothing is painted yet");
  await paintOn(viewer.first);
  await clock.pass(399);
  assert.deepEqual(written, []);
  await clock.pass(1);
  assert.deepEqual(written, ["/models-v3?…3&region=conus"]);
  assert.equal(document.title, "2 m temperature, HRRR +3 h");
});

Deno.test("keepAddress() writes only the last of many changes, since browsers refuse frequent ones", async () => {
  using opened = openPage();
  const { viewer, clock, written } = opened;
  await paintOn(viewer.first);
  for (const percent of [90, 80, 70]) {
    viewer.layers.opacity.value = percent;
    await clock.pass(100);
  }
  await clock.pass(100);
  assert.deepEqual(written, ["/models-v3?…3&region=conus&opacity=70"]);
});

Deno.test("keepAddress() writes nothing while a loop plays, and the shown frame when it stops", async () => {
  using opened = openPage();
  const { viewer, clock, written } = opened;
  const { first, playback } = viewer;
  playback.play();
  await paintOn(first);
  await clock.pass(1000);
  assert.deepEqual(written, []);
  playback.pause();
  await clock.pass(400);
  assert.deepEqual(written, ["/models-v3?…3&region=conus"]);
});

Deno.test("keepAddress() returns a function that ends it, with the change that waits", async () => {
  using opened = openPage();
  const { viewer, clock, written, stop } = opened;
  await paintOn(viewer.first);
  stop();
  await clock.pass(1000);
  assert.deepEqual(written, []);
});
