import assert from "node:assert/strict";
import { viewerOf } from "../../../tests/support/published_viewer.ts";
import { replaceGlobals } from "../../../tests/support/replace_globals.ts";
import { followKeys } from "./keys.ts";
import type { Viewer } from "./viewer.ts";
import { wholeHours } from "../../../contract/lead.ts";

interface Press {
  readonly shiftKey?: boolean;
  readonly ctrlKey?: boolean;
  /** The focused element, as the selectors of keys.ts name it. */
  readonly on?: string;
}

interface Page extends Disposable {
  readonly viewer: Viewer;
  /** Presses a key, and returns whether the page used it. */
  readonly press: (key: string, how?: Press) => boolean;
}

/** Opens a page that follows keys. */
function openPage(): Page {
  using stack = new DisposableStack();
  const document = new EventTarget();
  stack.use(replaceGlobals({ document }));
  const viewer = viewerOf();
  stack.defer(followKeys(viewer));
  const press: Page["press"] = (key, { on = "body", ...how } = {}) => {
    const event = Object.assign(new Event("keydown", { cancelable: true }), { key, ...how });
    Object.assign(document, { closest: (selectors: string) => selectors.split(", ").includes(on) ? {} : null });
    document.dispatchEvent(event);
    return event.defaultPrevented;
  };
  const opened = stack.move();
  return { viewer, press, [Symbol.dispose]: () => opened.dispose() };
}

const hourOf = ({ first }: Viewer) => wholeHours(first.sync.requested.peek().lead);

Deno.test("arrow keys step by a frame, with Shift by six hours, and Home and End go to the ends", () => {
  using setting = openPage();
  const { viewer, press } = setting;
  const hours = ["ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown", "Home", "End"].map((key) => {
    press(key);
    return hourOf(viewer);
  });
  assert.deepEqual(hours, [4, 5, 4, 3, 0, 6]);
  press("ArrowLeft", { shiftKey: true });
  assert.equal(hourOf(viewer), 0);
  press("PageUp");
  assert.equal(hourOf(viewer), 6);
});

Deno.test("letters switch layers on and off, in either case", () => {
  using setting = openPage();
  const { viewer: { layers }, press } = setting;
  press("l");
  press("V");
  assert.deepEqual([layers.areContoursShown.peek(), layers.areValuesShown.peek()], [false, false]);
  press("L");
  assert.equal(layers.areContoursShown.peek(), true);
});

Deno.test("a key is left to the browser when a control uses it, or another modifier is held", () => {
  using setting = openPage();
  const { viewer, press } = setting;
  for (const on of ["select", "textarea", "dialog", "[role=slider]"]) assert.equal(press("End", { on }), false, on);
  assert.equal(press("l", { ctrlKey: true }), false);
  assert.equal(press("x"), false, "a key without a meaning");
  assert.equal(hourOf(viewer), 3);
  assert.equal(press("End", { on: "button" }), true);
});

Deno.test("the space bar plays, except on a button, which it presses", () => {
  using setting = openPage();
  const { viewer: { playback }, press } = setting;
  press(" ", { on: "button" });
  assert.equal(playback.isPlaying.peek(), false);
  press(" ");
  assert.equal(playback.isPlaying.peek(), true);
  press(" ");
  assert.equal(playback.isPlaying.peek(), false);
});

Deno.test("followKeys() returns a function that ends it", () => {
  using _globals = replaceGlobals({ document: Object.assign(new EventTarget(), { closest: () => null }) });
  const viewer = viewerOf();
  followKeys(viewer)();
  document.dispatchEvent(Object.assign(new Event("keydown"), { key: "End" }));
  assert.equal(hourOf(viewer), 3);
});
