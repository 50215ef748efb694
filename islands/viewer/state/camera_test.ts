import assert from "node:assert/strict";
import fc from "fast-check";
import { MercatorCoordinate } from "maplibre-gl";
import { boundsOf, type Camera, cameraOver, type Size } from "./camera.ts";

const PNW = [-126, 41.5, -116, 49.5] as const;

/** Returns the position of a place on the screen, by MapLibre's own projection. */
function place({ latDeg, lonDeg, zoom }: Camera, { widthPx, heightPx }: Size, lng: number, lat: number) {
  const px = 512 * 2 ** zoom;
  const middle = MercatorCoordinate.fromLngLat([lonDeg, latDeg]);
  const point = MercatorCoordinate.fromLngLat([lng, lat]);
  return { x: (point.x - middle.x) * px + widthPx / 2, y: (point.y - middle.y) * px + heightPx / 2 };
}

const sizes = fc.record({
  widthPx: fc.integer({ min: 200, max: 4000 }),
  heightPx: fc.integer({ min: 200, max: 3000 }),
});
const boxes = fc.tuple(
  fc.integer({ min: -170, max: 140 }),
  fc.integer({ min: -75, max: 60 }),
  fc.integer({ min: 2, max: 30 }),
  fc.integer({ min: 2, max: 14 }),
).map(([west, south, width, height]) => [west, south, west + width, south + height] as const);

Deno.test("cameraOver() fits a box between the edges and the panels, as large as it can", () => {
  fc.assert(fc.property(boxes, sizes, (box, size) => {
    const camera = cameraOver(box, size, { minZoom: 0, maxZoom: 14 });
    const northWest = place(camera, size, box[0], box[3]);
    const southEast = place(camera, size, box[2], box[1]);
    const least = { x: 24, y: 24 };
    const most = { x: size.widthPx - 24, y: size.heightPx - Math.min(150, size.heightPx / 3) };
    const gaps = [northWest.x - least.x, northWest.y - least.y, most.x - southEast.x, most.y - southEast.y];
    assert.ok(gaps.every((gap) => gap > -0.01), `${gaps}`);
    const touches = (a: number, b: number) => Math.abs(a) < 0.01 && Math.abs(b) < 0.01;
    assert.ok(touches(gaps[0]!, gaps[2]!) || touches(gaps[1]!, gaps[3]!), `${gaps}`);
  }));
});

Deno.test("cameraOver() stays within the zooms that a region allows", () => {
  const size = { widthPx: 1440, heightPx: 850 };
  const { zoom } = cameraOver(PNW, size);
  assert.equal(cameraOver(PNW, size, { maxZoom: zoom - 1 }).zoom, zoom - 1);
  assert.equal(cameraOver(PNW, size, { minZoom: zoom + 1 }).zoom, zoom + 1);
});

Deno.test("boundsOf() returns the coordinates of the map's corners", () => {
  fc.assert(fc.property(boxes, sizes, (box, size) => {
    const camera = cameraOver(box, size);
    const [west, south, east, north] = boundsOf(camera, size);
    const northWest = place(camera, size, west, north);
    const southEast = place(camera, size, east, south);
    assert.ok(Math.hypot(northWest.x, northWest.y) < 0.01, JSON.stringify(northWest));
    assert.ok(Math.hypot(southEast.x - size.widthPx, southEast.y - size.heightPx) < 0.01, JSON.stringify(southEast));
  }));
});
