import assert from "node:assert/strict";
import fc from "fast-check";
import { contourCollectionSchema } from "../../contract/contours.ts";
import type { Grid } from "../../contract/grid.ts";
import { latitude, longitude } from "../../contract/projection.ts";
import { GeoJsonWriter } from "./write_geojson.ts";

const PROPERTIES = { key: "lines", level: 32.5, units: "°F" };

/** A grid of pixels of a kilometre whose first centre is at the point where the equator meets longitude 0. */
const KILOMETRES: Grid = {
  westM: -500,
  northM: 500,
  eastM: 9500,
  southM: -9500,
  pixelSizeM: 1000,
  width: 10,
  height: 10,
};

function written(grid: Grid, ...lines: readonly (readonly (readonly [x: number, y: number])[])[]): string {
  const writer = new GeoJsonWriter(grid);
  for (const line of lines) {
    const [x, y] = [Float64Array.from(line, ([x]) => x), Float64Array.from(line, ([, y]) => y)];
    writer.write({ x, y, starts: Int32Array.of(0, line.length), levels: Float64Array.of(0) }, 0, PROPERTIES);
  }
  return new TextDecoder().decode(writer.finish());
}

const kilometresEast = (degrees: number) => degrees / longitude(1000);

Deno.test("GeoJsonWriter writes a collection as JSON does, with four decimals", () => {
  const line = [[-109.1, 0], [-97.12344, 0], [-97.12346, 0], [0, 0], [-0.00004, 0], [0.0001, 0], [
    179.9999,
    0,
  ]] as const;
  const text = written(KILOMETRES, line.map(([lon]) => [kilometresEast(lon), 0] as const));
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
  assert.equal(written(KILOMETRES), '{"type":"FeatureCollection","features":[]}');
  const lines = Array.from(
    { length: 300 },
    (_, i) => Array.from({ length: 200 }, (_, k) => [-i * 10, k * 10] as const),
  );
  const { features } = contourCollectionSchema.parse(JSON.parse(written(KILOMETRES, ...lines)));
  assert.equal(features.length, 300);
  assert.ok(features.every(({ geometry }) => geometry.coordinates.length === 200));
});

Deno.test("GeoJsonWriter rounds any position on the Earth to the nearest four decimals", () => {
  const kilometres = fc.double({ min: -20_037, max: 20_037, noNaN: true });
  fc.assert(fc.property(kilometres, kilometres, (x, y) => {
    const { features } = contourCollectionSchema.parse(JSON.parse(written(KILOMETRES, [[x, y], [x, y]])));
    const [lon, lat] = features[0]!.geometry.coordinates[0]!;
    assert.equal(lon, Math.round(longitude(x * 1000) * 1e4) / 1e4 + 0);
    assert.equal(lat, Math.round(latitude(-y * 1000) * 1e4) / 1e4 + 0);
  }));
});
