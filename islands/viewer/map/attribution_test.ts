import assert from "node:assert/strict";
import { FakeMap } from "../../../tests/support/fake_map.ts";
import { attribute } from "./attribution.ts";

const attributionsOf = ({ sources }: FakeMap) => [...sources.values()].map(({ attribution }) => attribution);

Deno.test("attribute() adds a source with the attribution, and a layer, since the control reads drawn sources", () => {
  const fake = new FakeMap();
  attribute(fake.map, "NOAA");
  assert.deepEqual(attributionsOf(fake), ["NOAA"]);
  assert.deepEqual(fake.layers.map(({ source }) => source), [...fake.sources.keys()]);
});

Deno.test("attribute() replaces another attribution, and leaves the same one alone", () => {
  const fake = new FakeMap();
  attribute(fake.map, "NOAA");
  const [layer] = fake.layers;
  attribute(fake.map, "NOAA");
  assert.equal(fake.layers[0], layer);
  attribute(fake.map, "ECMWF");
  assert.deepEqual([attributionsOf(fake), fake.layers.length], [["ECMWF"], 1]);
});
