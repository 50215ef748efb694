import assert from "node:assert/strict";
import { longitude, mercatorX, mercatorY } from "../../contract/projection.ts";
import type { SourceGeometry } from "../grib/geometry.ts";
import { field } from "../field/field.ts";
import { turnToEarth, type WindAxes, windDirection, windSpeed } from "./wind.ts";

const of = (...values: number[]) => field(values.length, 1, Float32Array.from(values));

const EARTH_AXES: WindAxes = {
  geometry: { geoTransform: [-180.125, 0.25, 0, 90.125, 0, -0.25], projection: "+proj=longlat +R=6371229 +no_defs" },
  componentsFollowGrid: false,
};

const directions = (winds: readonly (readonly [u: number, v: number])[], axes = EARTH_AXES) => [
  ...windDirection(of(...winds.map(([u]) => u)), of(...winds.map(([, v]) => v)), axes).values,
];

Deno.test("windSpeed() is the length of the vector in any direction", () => {
  assert.deepEqual([...windSpeed(of(3, -3, 4, 0, -5, 0), of(4, -4, -3, 0, 0, -0)).values], [5, 5, 5, 0, 5, 0]);
});

Deno.test("windSpeed() is missing where either component is missing", () => {
  assert.deepEqual([...windSpeed(of(NaN, 1, NaN, 6), of(1, NaN, NaN, 8)).values], [NaN, NaN, NaN, 10]);
});

Deno.test("windSpeed() keeps the shape, does not change its inputs, and refuses two grids", () => {
  const [u, v] = [field(1, 2, Float32Array.of(3, 0)), field(1, 2, Float32Array.of(4, 0))];
  const speed = windSpeed(u, v);
  assert.deepEqual([speed.width, speed.height, ...speed.values], [1, 2, 5, 0]);
  assert.deepEqual([...u.values, ...v.values], [3, 0, 4, 0]);
  assert.throws(() => windSpeed(u, field(2, 1, new Float32Array(2))), RangeError);
});

Deno.test("windDirection() is the direction from which the wind blows: north 360, east 90, south 180, west 270", () => {
  assert.deepEqual(directions([[0, -5], [-5, 0], [0, 5], [5, 0]]), [360, 90, 180, 270]);
  assert.deepEqual(directions([[-1, -1], [-1, 1], [1, 1], [1, -1]]), [45, 135, 225, 315]);
});

Deno.test("windDirection() is 0 only when the wind is calm", () => {
  assert.deepEqual(directions([[0, 0], [-0, 0], [0, -0], [-0, -0]]), [0, 0, 0, 0]);
  assert.deepEqual(directions([[1e-30, -1], [-1e-30, -1], [0, -1e-30], [-0, -1]]), [360, 360, 360, 360]);
});

Deno.test("windDirection() is rounded to whole degrees from 1 to 360", () => {
  const from = (degrees: number) => {
    const bearing = degrees * Math.PI / 180;
    return [-10 * Math.sin(bearing), -10 * Math.cos(bearing)] as const;
  };
  assert.deepEqual(directions([0.4, 0.6, 1.4, 89.6, 179.6, 359.4, 359.6].map(from)), [360, 1, 1, 90, 180, 359, 360]);
  const all = Array.from({ length: 360 }, (_, i) => i + 1);
  assert.deepEqual(directions(all.map(from)), all);
});

Deno.test("windDirection() is missing where either component is missing, also when the other is 0", () => {
  assert.deepEqual(
    directions([[NaN, 1], [1, NaN], [NaN, NaN], [0, NaN], [NaN, 0], [1, 0]]),
    [
      [NaN, NaN, NaN],
      [NaN, NaN, 270],
    ].flat(),
  );
});

Deno.test("windDirection() does not turn a wind on a grid of longitude and latitude, even with the flag set", () => {
  const axes: WindAxes = { ...EARTH_AXES, componentsFollowGrid: true };
  assert.deepEqual(directions([[0, -5], [-5, 0], [-1, -1]], axes), [360, 90, 45]);
});

const RADIANS = Math.PI / 180;
const EARTH_M = 6371229;

interface Cone {
  readonly parallelDeg: number;
  readonly meridianDeg: number;
}
const HRRR: Cone = { parallelDeg: 38.5, meridianDeg: -97.5 };
const NAM_211: Cone = { parallelDeg: 25, meridianDeg: -95 };

/** Projects a point onto the Lambert plane, in m. @see Snyder 1987, equations 15-1 to 15-4, one standard parallel */
function onCone({ parallelDeg, meridianDeg }: Cone, lonDeg: number, latDeg: number): { x: number; y: number } {
  const phi = parallelDeg * RADIANS;
  const n = Math.sin(phi);
  const tip = (lat: number) => Math.tan(Math.PI / 4 + lat / 2) ** n;
  const rho = (lat: number) => EARTH_M * Math.cos(phi) / n * tip(phi) / tip(lat);
  const theta = n * (lonDeg - meridianDeg) * RADIANS;
  return { x: rho(latDeg * RADIANS) * Math.sin(theta), y: rho(phi) - rho(latDeg * RADIANS) * Math.cos(theta) };
}

/** Returns a grid whose cell at `column` and `row` has the point at its centre. */
function lambertAxes(cone: Cone, lonDeg: number, latDeg: number, column = 0, row = 0, cellM = 3000): WindAxes {
  const { x, y } = onCone(cone, lonDeg, latDeg);
  const { parallelDeg, meridianDeg } = cone;
  const geometry: SourceGeometry = {
    geoTransform: [x - (column + 0.5) * cellM, cellM, 0, y + (row + 0.5) * cellM, 0, -cellM],
    projection: `+proj=lcc +lat_0=${parallelDeg} +lon_0=${meridianDeg} +lat_1=${parallelDeg} +lat_2=${parallelDeg} ` +
      `+x_0=0 +y_0=0 +R=${EARTH_M} +units=m +no_defs`,
  };
  return { geometry, componentsFollowGrid: true };
}

Deno.test("windDirection() turns a wind on HRRR's grid 10° east of its meridian by 6.2°", () => {
  const axes = lambertAxes(HRRR, -87.5, 40);
  // sin 38.5° = 0.622515: the grid's north points 6.2° east of true north there.
  assert.deepEqual(directions([[0, -10]], axes), [6]);
  assert.deepEqual(directions([[-10, 0]], axes), [96]);
  assert.deepEqual(directions([[0, 10]], axes), [186]);
  assert.deepEqual(directions([[10, 0]], axes), [276]);
  assert.deepEqual(directions([[0, 0], [NaN, 1]], axes), [0, NaN]);
});

Deno.test("windDirection() turns the other way west of the meridian, and does not turn on it", () => {
  assert.deepEqual(directions([[0, -10], [10, 0]], lambertAxes(HRRR, -107.5, 40)), [354, 264]);
  assert.deepEqual(directions([[0, -10], [10, 0]], lambertAxes(HRRR, -97.5, 25)), [360, 270]);
});

Deno.test("windDirection() turns by n · (λ − λ₀) at the centre of any cell", () => {
  for (const cone of [HRRR, NAM_211]) {
    const n = Math.sin(cone.parallelDeg * RADIANS);
    for (const [lonDeg, latDeg] of [[-122.7, 21.2], [-134, 47.8], [-61, 52.6], [-72.3, 24.4], [-97, 38.5]] as const) {
      const turned = n * (lonDeg - cone.meridianDeg);
      for (let fromDeg = 0.25; fromDeg < 360; fromDeg += 10.5) {
        const expected = fromDeg + turned;
        if (Math.abs(expected - Math.floor(expected) - 0.5) < 0.02) continue; // rounding may go either way
        const [u, v] = [-8 * Math.sin(fromDeg * RADIANS), -8 * Math.cos(fromDeg * RADIANS)];
        const [column, row, width, height] = [3, 2, 5, 4];
        const axes = lambertAxes(cone, lonDeg, latDeg, column, row, 200_000);
        const filled = (value: number) => field(width, height, new Float32Array(width * height).fill(value));
        const direction = windDirection(filled(u), filled(v), axes).values[row * width + column]!;
        assert.equal(direction, (Math.round(expected) + 719) % 360 + 1, `${fromDeg} at ${lonDeg}, ${latDeg}`);
      }
    }
  }
});

Deno.test("windDirection() does not turn components that point east and north, on any grid", () => {
  const axes = { ...lambertAxes(HRRR, -87.5, 40), componentsFollowGrid: false };
  assert.deepEqual(directions([[0, -5], [-5, 0]], axes), [360, 90]);
  const elsewhere = { ...axes, geometry: { ...axes.geometry, projection: "+proj=stere +lat_0=90 +R=6371229" } };
  assert.deepEqual(directions([[0, -5]], elsewhere), [360]);
});

Deno.test("windDirection() refuses components along the axes of an unsupported grid", () => {
  const { geometry } = lambertAxes(HRRR, -87.5, 40);
  const others: [projection: string, message: RegExp][] = [
    [
      "+proj=stere +lat_0=90 +lat_ts=60 +R=6371229",
      /^RangeError: Cannot turn a wind that follows the grid "\+proj=stere/,
    ],
    [geometry.projection.replace("+lat_2=38.5", "+lat_2=45"), /^RangeError: .*expected lat_1 = lat_2 = lat_0$/],
    [geometry.projection.replace("+lat_0=38.5", "+lat_0=39"), /^RangeError: .*expected lat_1 = lat_2 = lat_0$/],
    [geometry.projection.replace(" +R=6371229", ""), /^RangeError: Projection ".*" has no \+R$/],
  ];
  for (const [projection, message] of others) {
    const axes = { geometry: { ...geometry, projection }, componentsFollowGrid: true };
    assert.throws(() => directions([[1, 1]], axes), message, projection);
  }
});

Deno.test("windDirection() keeps the shape, does not change its inputs, and refuses two grids", () => {
  const [u, v] = [field(1, 2, Float32Array.of(0, 1)), field(1, 2, Float32Array.of(-1, 0))];
  const direction = windDirection(u, v, EARTH_AXES);
  assert.deepEqual([direction.width, direction.height, ...direction.values], [1, 2, 360, 270]);
  assert.deepEqual([...u.values, ...v.values], [0, 1, -1, 0]);
  assert.throws(() => windDirection(u, field(2, 1, new Float32Array(2)), EARTH_AXES), RangeError);
});

Deno.test("turnToEarth() turns components by the same angle as windDirection()", () => {
  const target = { westM: mercatorX(-120), northM: mercatorY(50), pixelSizeM: 200_000, width: 20, height: 9 };
  const cells = target.width * target.height;
  const filled = (value: number) => field(target.width, target.height, new Float32Array(cells).fill(value));
  for (const cone of [HRRR, NAM_211]) {
    const n = Math.sin(cone.parallelDeg * RADIANS);
    for (const [u, v] of [[0, -10], [7, 3], [-4, 9]] as const) {
      const { east, north } = turnToEarth(filled(u), filled(v), lambertAxes(cone, -97, 40), {
        ...target,
        eastM: target.westM + target.width * target.pixelSizeM,
        southM: target.northM - target.height * target.pixelSizeM,
      });
      for (let i = 0; i < cells; i += 7) {
        const lonDeg = longitude(target.westM + (i % target.width + 0.5) * target.pixelSizeM);
        const expected = Math.atan2(-u, -v) / RADIANS + n * (lonDeg - cone.meridianDeg);
        const turned = Math.atan2(-east.values[i]!, -north.values[i]!) / RADIANS;
        assert.ok(Math.abs((turned - expected + 540) % 360 - 180) < 0.001, `${turned}° for ${expected}°`);
        assert.ok(Math.abs(Math.hypot(east.values[i]!, north.values[i]!) - Math.hypot(u, v)) < 1e-5);
      }
    }
  }
});

Deno.test("turnToEarth() does not turn components that are towards the east and the north", () => {
  const [u, v] = [field(1, 1, Float32Array.of(3)), field(1, 1, Float32Array.of(-4))];
  const target = { westM: 0, northM: 1, eastM: 1, southM: 0, pixelSizeM: 1, width: 1, height: 1 };
  const { east, north } = turnToEarth(u, v, { ...lambertAxes(HRRR, -80, 40), componentsFollowGrid: false }, target);
  assert.deepEqual([east.values[0], north.values[0]], [3, -4]);
});
