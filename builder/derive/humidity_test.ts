import assert from "node:assert/strict";
import fc from "fast-check";
import { field } from "../field/field.ts";
import { relativeHumidity } from "./humidity.ts";

const of = (...values: number[]) => field(values.length, 1, Float32Array.from(values));

/** Returns the relative humidity in % for one temperature and one dew point in °C. */
function percentAt(celsius: number, dewPointC: number): number {
  return relativeHumidity(of(celsius + 273.15), of(dewPointC + 273.15)).values[0]!;
}

function near(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, expected ${expected} ± ${tolerance}`);
}

Deno.test("relativeHumidity() agrees with values computed by hand", () => {
  // 17.625·10/253.04 = 0.69653 and 17.625·20/263.04 = 1.34010: e^−0.64357 = 0.52541.
  near(percentAt(20, 10), 52.541, 0.005);
  // At 0 °C the exponent is 0; 17.625·(−10)/233.04 = −0.75631: e^−0.75631 = 0.46940.
  near(percentAt(0, -10), 46.94, 0.005);
  // 17.625·30/273.04 = 1.93653 and 17.625·25/268.04 = 1.64388: e^−0.29265 = 0.74628.
  near(percentAt(30, 25), 74.628, 0.005);
});

/** Vapour pressures over water in hPa, from the Smithsonian Meteorological Tables (Goff and Gratch). */
const SATURATION_HPA: Readonly<Record<number, number>> = {
  [-40]: 0.1891,
  [-20]: 1.254,
  0: 6.1078,
  10: 12.272,
  20: 23.373,
  30: 42.43,
  40: 73.777,
};

Deno.test("relativeHumidity() is within 1 % of the ratio of tabulated vapour pressures from −40 to 40 °C", () => {
  for (const [celsius, saturation] of Object.entries(SATURATION_HPA)) {
    for (const [dewPoint, vapour] of Object.entries(SATURATION_HPA)) {
      if (Number(dewPoint) > Number(celsius)) continue;
      const expected = 100 * vapour / saturation;
      near(percentAt(Number(celsius), Number(dewPoint)), expected, 0.01 * expected);
    }
  }
});

Deno.test("relativeHumidity() is 100 at saturation, and never more", () => {
  for (const celsius of [-60, -0.01, 0, 15, 45]) {
    near(percentAt(celsius, celsius), 100, 1e-4);
    assert.equal(percentAt(celsius, celsius + 0.5), 100);
    assert.equal(percentAt(celsius, celsius + 30), 100);
  }
});

Deno.test("relativeHumidity() is missing where temperature or dew point is missing", () => {
  const { values } = relativeHumidity(of(NaN, 280, NaN, 280), of(280, NaN, NaN, 280));
  assert.deepEqual([...values].map(Number.isNaN), [true, true, true, false]);
  near(values[3]!, 100, 1e-4);
});

Deno.test("relativeHumidity() is between 0 and 100 for any weather, and increases with the dew point", () => {
  const celsius = fc.double({ min: -80, max: 55, noNaN: true });
  fc.assert(fc.property(celsius, celsius, celsius, (temperature, one, other) => {
    const [drier, moister] = [Math.min(one, other), Math.max(one, other)];
    const [low, high] = [percentAt(temperature, drier), percentAt(temperature, moister)];
    assert.ok(low >= 0 && low <= high && high <= 100, `${temperature}, ${drier}, ${moister}: ${low}, ${high}`);
  }));
});

Deno.test("relativeHumidity() keeps the shape, does not change its inputs, and refuses two grids", () => {
  const temperature = field(2, 3, new Float32Array(6).fill(290));
  const dewPoint = field(2, 3, new Float32Array(6).fill(280));
  const { width, height, values } = relativeHumidity(temperature, dewPoint);
  assert.deepEqual([width, height, values.length], [2, 3, 6]);
  assert.ok(temperature.values.every((value) => value === 290) && dewPoint.values.every((value) => value === 280));
  assert.throws(() => relativeHumidity(temperature, field(3, 2, new Float32Array(6))), RangeError);
});
