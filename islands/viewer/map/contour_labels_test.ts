import assert from "node:assert/strict";
import type { ContourCollection } from "../../../contract/contours.ts";
import { fakeClock } from "../../../tests/support/fake_clock.ts";
import { FakeMap } from "../../../tests/support/fake_map.ts";
import { ContourLabels } from "./contour_labels.ts";

const contoursAt = (level: number): ContourCollection => ({
  type: "FeatureCollection",
  features: [{
    type: "Feature",
    properties: { key: "iso32f", level, units: "°F" },
    geometry: { type: "LineString", coordinates: [[-120, 45], [-119, 45]] },
  }],
});

/** Returns the levels of the numbers on a map. */
const levelsOn = ({ sources }: FakeMap) =>
  [...sources.values()].flatMap(({ data }) =>
    (data as ContourCollection).features.map((each) => each.properties.level)
  );

Deno.test("ContourLabels adds the numbers of all sets in one layer, below the overlay, after 700 ms of rest", async () => {
  using clock = fakeClock();
  const { pass } = clock;
  const fake = new FakeMap();
  fake.addLayer({ id: "overlay" });
  new ContourLabels(fake.map, "overlay").showSoon([contoursAt(32), contoursAt(0)]);
  await pass(699);
  assert.deepEqual(levelsOn(fake), []);
  await pass(1);
  assert.deepEqual(levelsOn(fake), [32, 0]);
  assert.equal(fake.layers.at(-1)!.id, "overlay");
});

Deno.test("ContourLabels.postpone() starts the wait again, and adds nothing when nothing waits", async () => {
  using clock = fakeClock();
  const { pass } = clock;
  const fake = new FakeMap();
  const labels = new ContourLabels(fake.map, undefined);
  labels.showSoon([contoursAt(32)]);
  await pass(600);
  labels.postpone();
  await pass(600);
  assert.deepEqual(levelsOn(fake), []);
  await pass(100);
  labels.postpone();
  await pass(700);
  assert.deepEqual(levelsOn(fake), [32]);
});

Deno.test("ContourLabels.showSoon() removes another frame's numbers at once", async () => {
  using clock = fakeClock();
  const { pass } = clock;
  const fake = new FakeMap();
  const labels = new ContourLabels(fake.map, undefined);
  labels.showSoon([contoursAt(32)]);
  await pass(700);
  labels.showSoon([]);
  assert.deepEqual([levelsOn(fake), fake.layers.length], [[], 0]);
  labels.showSoon([contoursAt(32)]);
  labels.clear();
  labels.postpone();
  await pass(700);
  assert.deepEqual(levelsOn(fake), []);
});

Deno.test("ContourLabels removes the numbers that a restored map still has, and never uses a name twice", async () => {
  using clock = fakeClock();
  const { pass } = clock;
  const fake = new FakeMap();
  new ContourLabels(fake.map, undefined).showSoon([contoursAt(32)]);
  await pass(700);
  const labels = new ContourLabels(fake.map, undefined);
  assert.equal(fake.layers.length, 0);
  const names = [];
  for (const level of [0, 10]) {
    labels.showSoon([contoursAt(level)]);
    await pass(700);
    names.push(fake.layers[0]!.id);
  }
  assert.notEqual(names[0], names[1]);
});
