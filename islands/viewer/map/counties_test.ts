import assert from "node:assert/strict";
import { FakeMap } from "../../../tests/support/fake_map.ts";
import { FIRST_OVERLAY_LAYER } from "./basemap_style.ts";
import { COUNTIES_LAYER, showCountiesWhenNear } from "./counties.ts";

Deno.test("showCountiesWhenNear() adds the counties once, when the map is near, below the other borders", () => {
  const fake = new FakeMap();
  fake.addLayer({ id: FIRST_OVERLAY_LAYER });
  showCountiesWhenNear(fake.map, "counties.geojson");
  fake.zoom = 6.1;
  fake.fire("zoom");
  assert.deepEqual(fake.getLayersOrder(), [FIRST_OVERLAY_LAYER]);
  fake.zoom = 6.2;
  fake.fire("zoom");
  fake.fire("zoom");
  assert.deepEqual(fake.getLayersOrder(), [COUNTIES_LAYER, FIRST_OVERLAY_LAYER]);
});

Deno.test("showCountiesWhenNear() returns a function that ends the check", () => {
  const fake = new FakeMap();
  fake.addLayer({ id: FIRST_OVERLAY_LAYER });
  showCountiesWhenNear(fake.map, "counties.geojson")();
  fake.zoom = 9;
  fake.fire("zoom");
  assert.equal(fake.sources.size, 0);
});

Deno.test("showCountiesWhenNear() adds nothing to a custom basemap style, which has borders of its own", () => {
  const fake = new FakeMap();
  fake.zoom = 9;
  showCountiesWhenNear(fake.map, "counties.geojson");
  assert.equal(fake.layers.length, 0);
});
