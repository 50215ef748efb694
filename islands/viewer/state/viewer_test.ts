import assert from "node:assert/strict";
import { frameFields, frameName } from "../../../contract/identity.ts";
import { leadOfHours, leadText, wholeHours } from "../../../contract/lead.ts";
import { sidecarUrl } from "../../../contract/urls.ts";
import { EXAMPLE_SIDECAR } from "../../../tests/support/example_sidecar.ts";
import { settle } from "../../../tests/support/fake_clock.ts";
import { fakeStorage } from "../../../tests/support/fake_storage.ts";
import {
  BEGINNING,
  framesOf,
  GFS,
  HRRR,
  publishedAnswers,
  RUN_00,
  RUN_06,
  TEMPERATURE,
  WIND,
} from "../../../tests/support/published_answers.ts";
import { viewerOf } from "../../../tests/support/published_viewer.ts";
import type { Viewer } from "./viewer.ts";

const hourOf = ({ first }: Viewer) => wholeHours(first.sync.requested.peek().lead);

Deno.test("Viewer.step() requests a neighbouring frame, within the run, and stops playback", () => {
  const viewer = viewerOf();
  viewer.playback.play();
  viewer.step(1);
  assert.deepEqual([hourOf(viewer), viewer.playback.isPlaying.peek()], [4, false]);
  viewer.step(Infinity);
  assert.equal(hourOf(viewer), 6);
  viewer.step(-Infinity);
  assert.equal(hourOf(viewer), 0);
});

Deno.test("Viewer.stepHours() requests the nearest frame; where frames are further apart, the next one", () => {
  const hourly = viewerOf();
  hourly.stepHours(2);
  assert.equal(hourOf(hourly), 5);
  const { frames } = framesOf(HRRR, RUN_06, TEMPERATURE, [0, 3, 24]);
  const sparse = viewerOf({}, { pane: { ...BEGINNING, frames } });
  sparse.stepHours(6);
  assert.equal(hourOf(sparse), 24, "hour 9 is nearer to hour 3, which is shown");
  sparse.stepHours(-6);
  assert.equal(hourOf(sparse), 3);
});

Deno.test("Viewer.stepVariable() goes through the list, and from its end to its beginning", async () => {
  using _published = publishedAnswers();
  const viewer = viewerOf();
  const { variable } = viewer.first;
  const shown = [];
  for (const by of [1, 1, -1] as const) {
    viewer.stepVariable(by);
    await settle();
    shown.push(variable.peek());
  }
  assert.deepEqual(shown, [WIND, TEMPERATURE, WIND]);
});

Deno.test("Viewer.pinTo() keeps a point without the zoom of a camera, and null removes the pin", () => {
  const viewer = viewerOf();
  const camera = { latDeg: 45, lonDeg: -120, zoom: 6 };
  viewer.pinTo(camera);
  assert.deepEqual(viewer.pin.peek(), { latDeg: 45, lonDeg: -120 });
  viewer.pinTo(null);
  assert.equal(viewer.pin.peek(), null);
});

Deno.test("Viewer tells which parts of its address are not published", () => {
  const { notices } = viewerOf({}, { missing: "Parts of this link are not published: model nam" });
  assert.deepEqual(notices.list.peek().map(({ kind }) => kind), ["missing"]);
  assert.deepEqual(viewerOf().notices.list.peek(), []);
});

Deno.test("Viewer.restore() opens the second pane of the address", async () => {
  using published = publishedAnswers();
  using _storage = fakeStorage();
  const frame = { model: GFS, run: RUN_00, var: TEMPERATURE, lead: leadOfHours(6) };
  published.publish(sidecarUrl(frame), { ...EXAMPLE_SIDECAR, ...frameFields(frame) });
  const viewer = viewerOf({ compare: "swipe", model2: GFS, fh2: leadText(frame.lead) });
  const { second } = viewer.comparison;
  assert.equal(second.peek(), null, "the server does not render it");
  viewer.restore();
  await settle();
  assert.equal(frameName(second.peek()!.sync.requested.peek()), "gfs/20260217_00z/tmp2m/6");
});

Deno.test("Viewer.restore() chooses the region of the last visit, unless the address names a view", () => {
  using stored = fakeStorage();
  stored.set("twf-v3/region", "pnw");
  const restored = (link: Parameters<typeof viewerOf>[0]) => {
    const viewer = viewerOf(link);
    viewer.restore();
    return viewer.view.region.peek();
  };
  assert.equal(restored({}), "pnw");
  assert.equal(restored({ region: "conus" }), "conus");
  assert.equal(restored({ at: { latDeg: 45, lonDeg: -90, zoom: 6 } }), "");
});
