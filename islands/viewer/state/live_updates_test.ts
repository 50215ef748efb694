import assert from "node:assert/strict";
import { frameName } from "../../../contract/identity.ts";
import { framesUrl, MODELS_URL } from "../../../contract/urls.ts";
import { type FakeClock, fakeClock } from "../../../tests/support/fake_clock.ts";
import { FakeEventSource } from "../../../tests/support/fake_event_source.ts";
import {
  GFS,
  HOURS,
  HRRR,
  modelOf,
  type Published,
  publishedAnswers,
  RUN_00,
  RUN_06,
  RUN_12,
  TEMPERATURE,
  WIND,
} from "../../../tests/support/published_answers.ts";
import { viewerOf } from "../../../tests/support/published_viewer.ts";
import { replaceGlobals } from "../../../tests/support/replace_globals.ts";
import { followLiveUpdates } from "./live_updates.ts";
import type { Viewer } from "./viewer.ts";

interface Page extends Disposable {
  readonly viewer: Viewer;
  readonly published: Published;
  readonly clock: FakeClock;
  readonly events: FakeEventSource;
  /** Sends an event about new frames. */
  readonly tell: (model: string, run: string, variable: string) => void;
  /** Number of refreshes. */
  readonly refreshes: () => number;
  readonly document: EventTarget & { visibilityState: string };
}

const LATEST_06 = { models: [modelOf(HRRR, RUN_06), modelOf(GFS, RUN_00)] };

/** Opens a page that follows updates, and whose stream of events is open. */
function openPage(): Page {
  using stack = new DisposableStack();
  const document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  const window = new EventTarget();
  const browser = {
    document,
    location: { href: "http://localhost/models-v3" },
    navigator: { onLine: true },
    EventSource: FakeEventSource,
    addEventListener: window.addEventListener.bind(window),
    removeEventListener: window.removeEventListener.bind(window),
  };
  const published = stack.use(publishedAnswers());
  const clock = stack.use(fakeClock());
  stack.use(replaceGlobals(browser));
  published.publish(MODELS_URL, LATEST_06);
  FakeEventSource.opened.length = 0;
  const viewer = viewerOf();
  stack.defer(followLiveUpdates(viewer));
  const [events] = FakeEventSource.opened;
  const opened = stack.move();
  return {
    viewer,
    published,
    clock,
    events: events!,
    tell: (model, run, variable) => events!.send("frames", JSON.stringify({ model, run, var: variable })),
    refreshes: () => published.asked.filter((url) => url === MODELS_URL).length,
    document,
    [Symbol.dispose]: () => opened.dispose(),
  };
}

const noticesOf = ({ notices }: Viewer) => notices.list.peek().map(({ text }) => text);

Deno.test("new hours of the shown variable are fetched 300 ms after the first of their events", async () => {
  using opened = openPage();
  const { viewer, published, clock, tell, refreshes } = opened;
  published.run(HRRR, RUN_06, [...HOURS, 7], TEMPERATURE);
  for (let i = 0; i < 3; i++) {
    tell(HRRR, RUN_06, TEMPERATURE);
    await clock.pass(100);
  }
  await clock.pass(10);
  assert.equal(refreshes(), 1);
  assert.equal(viewer.first.frames.peek().length, 8);
});

Deno.test("hours of another variable are fetched 10 s later, and those of another run not at all", async () => {
  using opened = openPage();
  const { clock, tell, refreshes } = opened;
  tell(HRRR, RUN_00, TEMPERATURE);
  tell(GFS, RUN_06, TEMPERATURE);
  await clock.pass(10_010);
  assert.equal(refreshes(), 0);
  tell(HRRR, RUN_06, WIND);
  await clock.pass(9990);
  assert.equal(refreshes(), 0);
  await clock.pass(20);
  assert.equal(refreshes(), 1);
});

Deno.test("a newer run is offered and not shown, until the reader takes it", async () => {
  using opened = openPage();
  const { viewer, published, clock, events } = opened;
  published.publish(MODELS_URL, { models: [modelOf(HRRR, RUN_12)] });
  published.runs(HRRR, RUN_12, RUN_06);
  published.run(HRRR, RUN_12, HOURS, TEMPERATURE);
  events.send("latest", "{}");
  await clock.pass(310);
  assert.deepEqual(noticesOf(viewer), ["A newer run is available: 17 Feb 12Z"]);
  assert.equal(viewer.first.run.peek().run, RUN_06);
  viewer.notices.list.peek()[0]!.action!.run();
  await clock.pass(10);
  assert.equal(viewer.first.run.peek().run, RUN_12);
  assert.deepEqual(noticesOf(viewer), []);
});

Deno.test("a removed run is left for the newest one, and the reader is told", async () => {
  using opened = openPage();
  const { viewer, published, clock, events } = opened;
  published.runs(HRRR, RUN_12);
  published.run(HRRR, RUN_12, HOURS, TEMPERATURE);
  events.send("removed", "{}");
  await clock.pass(320);
  assert.deepEqual(noticesOf(viewer), ["HRRR 17 Feb 06Z was removed; the newest run is shown instead"]);
  assert.equal(viewer.first.run.peek().run, RUN_12);
});

Deno.test("a server that cannot be reached is reported until it answers again", async () => {
  using opened = openPage();
  const { viewer, published, clock, events } = opened;
  published.publish(MODELS_URL, {}, Promise.reject(new TypeError("Failed to fetch")));
  events.open();
  await clock.pass(310);
  assert.deepEqual(noticesOf(viewer), ["The server cannot be reached; the map shows what was loaded before"]);
  published.publish(MODELS_URL, LATEST_06);
  events.open();
  await clock.pass(310);
  assert.deepEqual(noticesOf(viewer), []);
});

Deno.test("a choice that a busy server refused is repeated after a refresh, and one that was wrong is not", async () => {
  using opened = openPage();
  const { viewer, published, clock, events } = opened;
  const url = framesUrl(HRRR, RUN_06, WIND);
  for (const [status, shown] of [[404, TEMPERATURE], [503, WIND]] as const) {
    published.refuse(url, status);
    await viewer.first.choose({ var: WIND });
    published.run(HRRR, RUN_06, HOURS, TEMPERATURE, WIND);
    events.open();
    await clock.pass(320);
    assert.equal(viewer.first.variable.peek(), shown, String(status));
  }
});

Deno.test("a frame that failed is requested again after a refresh", async () => {
  using opened = openPage();
  const { viewer, clock } = opened;
  const { sync } = viewer.first;
  let attempts = 0;
  sync.attach((frame) => {
    attempts++;
    return Promise.reject(Object.assign(new Error(frameName(frame)), { status: attempts === 1 ? 503 : 404 }));
  });
  await clock.pass(250);
  assert.equal(attempts, 1);
  await clock.pass(100);
  assert.equal(attempts, 2);
  await clock.pass(6000);
  assert.equal(attempts, 2, "a frame that does not exist is not requested forever");
});

Deno.test("a hidden page closes its stream, and opens another when it is shown again", () => {
  using opened = openPage();
  const { events, document } = opened;
  document.visibilityState = "hidden";
  document.dispatchEvent(new Event("visibilitychange"));
  assert.equal(events.readyState, 2);
  document.visibilityState = "visible";
  document.dispatchEvent(new Event("visibilitychange"));
  assert.deepEqual(FakeEventSource.opened.map(({ url }) => url), Array(2).fill("http://localhost/api/v3/events"));
});
