import assert from "node:assert/strict";
import { frameFields, frameName } from "../../../contract/identity.ts";
import { leadOfHours, leadText } from "../../../contract/lead.ts";
import { sidecarUrl } from "../../../contract/urls.ts";
import { EXAMPLE_SIDECAR } from "../../../tests/support/example_sidecar.ts";
import {
  GFS,
  HRRR,
  type Published,
  publishedAnswers,
  RUN_00,
  RUN_06,
  TEMPERATURE,
} from "../../../tests/support/published_answers.ts";
import { viewerOf } from "../../../tests/support/published_viewer.ts";
import type { Comparison } from "./comparison.ts";

function publishSidecar(published: Published, frame: Parameters<typeof sidecarUrl>[0]): void {
  published.publish(sidecarUrl(frame), { ...EXAMPLE_SIDECAR, ...frameFields(frame) });
}
const secondOf = ({ second }: Comparison) => second.peek() && frameName(second.peek()!.sync.requested.peek());

Deno.test("Comparison.show() opens a second pane like the first, whose time is linked", async () => {
  using published = publishedAnswers();
  publishSidecar(published, { model: HRRR, run: RUN_06, var: TEMPERATURE, lead: leadOfHours(3) });
  const { comparison } = viewerOf();
  await comparison.show("swipe");
  assert.equal(secondOf(comparison), "hrrr/20260217_06z/tmp2m/3");
  assert.deepEqual([comparison.mode.peek(), comparison.isTimeLinked.peek()], ["swipe", true]);
});

Deno.test("Comparison.show() opens the pane of a choice; one that names its hour does not follow the first", async () => {
  using published = publishedAnswers();
  publishSidecar(published, { model: GFS, run: RUN_00, var: TEMPERATURE, lead: leadOfHours(6) });
  const { comparison } = viewerOf();
  await comparison.show("side", { model: GFS, frame: leadText(leadOfHours(6)) });
  assert.equal(secondOf(comparison), "gfs/20260217_00z/tmp2m/6");
  assert.equal(comparison.isTimeLinked.peek(), false);
});

Deno.test("Comparison.show() keeps the second pane when only the mode is another", async () => {
  using published = publishedAnswers();
  publishSidecar(published, { model: HRRR, run: RUN_06, var: TEMPERATURE, lead: leadOfHours(3) });
  const { comparison } = viewerOf();
  await comparison.show("side");
  const second = comparison.second.peek();
  await comparison.show("swipe");
  assert.deepEqual([comparison.mode.peek(), comparison.pairs.peek()], ["swipe", 1]);
  assert.equal(comparison.second.peek(), second);
  comparison.end();
  assert.equal(comparison.second.peek(), null);
  await comparison.show("side");
  assert.equal(comparison.pairs.peek(), 2, "another pane has another map");
});

Deno.test("Comparison.show() tells why a second pane could not be opened", async () => {
  using published = publishedAnswers();
  published.runs(GFS);
  const { comparison, notices } = viewerOf();
  await comparison.show("side", { model: GFS });
  assert.equal(comparison.second.peek(), null);
  assert.deepEqual(notices.list.peek(), [
    { kind: "failed", text: "The second map could not be opened: No run of GFS is published" },
  ]);
});
