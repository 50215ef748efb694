import assert from "node:assert/strict";
import fc from "fast-check";
import { contourCollectionSchema } from "../../contract/contours.ts";
import type { Grid } from "../../contract/grid.ts";
import { latitude, longitude } from "../../contract/projection.ts";
import { GeoJsonWriter } from "./write_geojson.ts";

const PROPERTIES = { key: "lines", level: 32.5, units: "°F" };

/** A grid of one-metre pixels whose first centre is at the point where the equator meets longitude 0. */
const METRES: Grid = { westM: -0.5, northM: 0.5, eastM: 9.5, southM: -9.5, pixelSizeM: 1, width: 10, height: 10 };

function written(grid: Grid, ...lines: readonly (readonly (readonly [x: number, y: number])[])[]): string {
  const writer = new GeoJsonWriter(grid);
  for (const line of lines) {
    const [x, y] = [Float64Array.from(line, ([x]) => x), Float64Array.from(line, ([, y]) => y)];
    writer.write({ x, y, starts: Int32Array.of(0, line.length), levels: Float64Array.of(0) }, 0, PROPERTIES);
  }
  return new TextDecoder().decode(writer.finish());
}

const metresEast = (degrees: number) => degrees / longitude(1);

Deno.test("GeoJsonWriter writes a collection as JSON does, with four decimals", () => {
  const line = [[-109.1, 0], [-97.12344, 0], [-97.12346, 0], [0, 0], [-0.00004, 0], [0.0001, 0], [
    179.9999,
    0,
  ]] as const;
  const text = written(METRES, line.map(([lon]) => [metresEast(lon), 0] as const));
  const coordinates = [[-109.1, 0], [-97.1234, 0], [-97.1235, 0], [0, 0], [0, 0], [0.0001, 0], [179.9999, 0]];
  assert.equal(
    text,
    JSON.stringify({
      type: "FeatureCollection",
      features: [{ type: "Feature", properties: PROPERTIES, geometry: { type: "LineString", coordinates } }],
    }),
  );
});

Deno.test("GeoJsonWriter writes an empty collection, and many lines", () => {
  assert.equal(written(METRES), '{"type":"FeatureCollection","features":[]}');
  const lines = Array.from(
    { length: 300 },
    (_, i) => Array.from({ length: 200 }, (_, k) => [-i * 1e4, k * 1e4] as const),
  );
  const { features } = contourCollectionSchema.parse(JSON.parse(written(METRES, ...lines)));
  assert.equal(features.length, 300);
  assert.ok(features.every(({ geometry }) => geometry.coordinates.length === 200));
});

Deno.test("GeoJsonWriter rounds any position on the Earth to the nearest four decimals", () => {
  const metres = fc.double({ min: -2.0037e7, max: 2.0037e7, noNaN: true });
  fc.assert(fc.property(metres, metres, (xM, yM) => {
    const { features } = contourCollectionSchema.parse(JSON.parse(written(METRES, [[xM, -yM], [xM, -yM]])));
    const [lon, lat] = features[0]!.geometry.coordinates[0]!;
    assert.equal(lon, Math.round(longitude(xM) * 1e4) / 1e4 + 0);
    assert.equal(lat, Math.round(latitude(yM) * 1e4) / 1e4 + 0);
  }));
});
