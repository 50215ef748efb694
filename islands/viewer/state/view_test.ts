import assert from "node:assert/strict";
import type { Region, Regions } from "../../../contract/regions.ts";
import { fakeStorage } from "../../../tests/support/fake_storage.ts";
import { removeStored } from "./browser_storage.ts";
import { cameraOver } from "./camera.ts";
import { NO_REGION, View } from "./view.ts";

const region = (label: string, bbox: Region["bbox"]): Region => ({
  label,
  bbox,
  defaultCenter: [0, 0],
  defaultZoom: 5,
});
const REGIONS: Regions = {
  conus: region("Contiguous US", [-125, 24, -66, 50]),
  pnw: region("Pacific Northwest", [-125, 42, -116, 49]),
};
const AT = { latDeg: 45, lonDeg: -120, zoom: 6 };
const SIZE = { widthPx: 800, heightPx: 600 };

Deno.test("View begins with the address's region, or with its camera and no region, or else with the first region", () => {
  const beginning = (link: ConstructorParameters<typeof View>[1]) => {
    const { region, camera } = new View(REGIONS, link);
    return [region.peek(), camera.peek()];
  };
  assert.deepEqual(beginning({ region: "pnw", at: AT }), ["pnw", AT]);
  assert.deepEqual(beginning({ at: AT }), [NO_REGION, AT]);
  assert.deepEqual(beginning({}), ["conus", null]);
  assert.deepEqual(beginning({ region: "constructor" }), ["conus", null], "a region that the list lacks");
});

Deno.test("View.selectRegion() counts each choice, since the same region chosen again moves the map back", () => {
  using stored = fakeStorage();
  const view = new View(REGIONS, {});
  view.selectRegion("pnw");
  view.selectRegion("pnw");
  assert.deepEqual([view.region.peek(), view.regionTurn.peek()], ["pnw", 2]);
  view.selectRegion("atlantis");
  assert.deepEqual([view.region.peek(), view.regionTurn.peek()], ["pnw", 2]);
  assert.deepEqual([...stored.values()], ["pnw"]);
});

Deno.test("View.restoreRegion() chooses the region of the last visit, unless the list has lost it", () => {
  using _storage = fakeStorage();
  removeStored("twf-v3/region"); // other tests have chosen regions
  const restored = (regions: Regions) => {
    const view = new View(regions, {});
    view.restoreRegion();
    return view.region.peek();
  };
  assert.equal(restored(REGIONS), "conus", "nothing is remembered yet");
  new View(REGIONS, {}).selectRegion("pnw");
  assert.equal(restored(REGIONS), "pnw");
  assert.equal(restored({ conus: REGIONS.conus! }), "conus");
});

Deno.test("View.firstCamera() is the known camera, and otherwise the one over the region", () => {
  assert.deepEqual(new View(REGIONS, { region: "pnw", at: AT }).firstCamera(SIZE), AT);
  assert.deepEqual(new View(REGIONS, { region: "pnw" }).firstCamera(SIZE), cameraOver([-125, 42, -116, 49], SIZE));
  const lost = new View(REGIONS, { region: "pnw" });
  lost.regions.value = { conus: REGIONS.conus! };
  assert.deepEqual(lost.firstCamera(SIZE), cameraOver([-125, 24, -66, 50], SIZE), "the list has changed");
});
