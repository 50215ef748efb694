import assert from "node:assert/strict";
import { MercatorCoordinate } from "maplibre-gl";
import type { ContourCollection } from "../../../../contract/contours.ts";
import { contourMesh, GAP } from "./contour_mesh.ts";

const contours = (...coordinates: [number, number][][]): ContourCollection => ({
  type: "FeatureCollection",
  features: coordinates.map((each) => ({
    type: "Feature",
    properties: { key: "every10f", level: 10, units: "°F" },
    geometry: { type: "LineString", coordinates: each },
  })),
});

Deno.test("contourMesh() places the points of contours where MapLibre does, with gaps around", () => {
  const first: [number, number][] = [[-180, 85], [-122.68, 45.52], [0, 0]];
  const second: [number, number][] = [[10, -33], [179.9, -85]];
  const point = ([lng, lat]: [number, number]) => {
    const { x, y } = MercatorCoordinate.fromLngLat([lng, lat]);
    return [x, y];
  };
  const expected = [[GAP, GAP], ...first.map(point), [GAP, GAP], ...second.map(point), [GAP, GAP]];
  const mesh = contourMesh(contours(first, second));
  assert.equal(mesh.length, expected.length * 2);
  expected.flat().forEach((value, i) => assert.ok(Math.abs(mesh[i]! - value) < 1e-7, `${i}: ${mesh[i]}, ${value}`));
});

Deno.test("contourMesh() of no contours is one gap", () => assert.deepEqual([...contourMesh(contours())], [GAP, GAP]));
