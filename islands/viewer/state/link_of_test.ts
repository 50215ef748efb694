import assert from "node:assert/strict";
import { BEGINNING } from "../../../tests/support/published_answers.ts";
import { paintOn, viewerOf } from "../../../tests/support/published_viewer.ts";
import { linkOf } from "./link_of.ts";
import { Pane } from "./pane.ts";
import { formatPermalink } from "./permalink.ts";
import type { Viewer } from "./viewer.ts";

const PAINTED = "?model=hrrr&run=20260217_06z&var=tmp2m&fh=3";
const addressOf = (viewer: Viewer) => formatPermalink(linkOf(viewer));

Deno.test("linkOf() names the painted frame and the region, and nothing that has its default", () => {
  assert.equal(addressOf(viewerOf()), `${PAINTED}&region=conus`);
});

Deno.test("linkOf() names the painted frame, not the requested one", async () => {
  const viewer = viewerOf();
  viewer.first.selectIndex(5);
  assert.equal(addressOf(viewer), `${PAINTED}&region=conus`);
  await paintOn(viewer.first);
  assert.equal(addressOf(viewer), `${PAINTED.replace("fh=3", "fh=5")}&region=conus`);
});

Deno.test("linkOf() names the view, the pin and the layers that were changed", () => {
  const link = { at: { latDeg: 45, lonDeg: -120, zoom: 6 }, pin: { latDeg: 47, lonDeg: -122 }, lines: false };
  assert.equal(
    addressOf(viewerOf({ ...link, values: false, opacity: 80 })),
    `${PAINTED}&at=45.0000,-120.0000,6.00&pin=47.0000,-122.0000&lines=0&values=0&opacity=80`,
  );
});

Deno.test("linkOf() names the second pane: its line when it is swiped, its hour when the time is not linked", () => {
  const viewer = viewerOf();
  const { comparison } = viewer;
  comparison.second.value = new Pane(viewer.models, BEGINNING);
  const second = "model2=hrrr&run2=20260217_06z&var2=tmp2m";
  assert.equal(addressOf(viewer), `${PAINTED}&region=conus&compare=side&${second}`);
  comparison.mode.value = "swipe";
  comparison.swipe.value = 0.404;
  comparison.isTimeLinked.value = false;
  assert.equal(addressOf(viewer), `${PAINTED}&region=conus&compare=swipe&swipe=40&${second}&fh2=3`);
});
