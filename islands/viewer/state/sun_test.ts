import assert from "node:assert/strict";
import fc from "fast-check";
import { nights, solarElevationDeg } from "./sun.ts";

const RAD = Math.PI / 180;
const DAY_MS = 86_400_000;
const STEP_MS = 10 * 60_000;
const HORIZON_DEG = -0.833;

/**
 * Returns the height of the sun by another method: NOAA's solar calculator, after Meeus, Astronomical Algorithms,
 * chapter 25.
 */
function noaaElevationDeg(timeMs: number, latDeg: number, lonDeg: number): number {
  const century = (timeMs / DAY_MS + 2440587.5 - 2451545) / 36525;
  const meanLongitude = 280.46646 + century * (36000.76983 + century * 0.0003032);
  const anomaly = (357.52911 + century * (35999.05029 - 0.0001537 * century)) * RAD;
  const eccentricity = 0.016708634 - century * (0.000042037 + 0.0000001267 * century);
  const center = Math.sin(anomaly) * (1.914602 - century * (0.004817 + 0.000014 * century)) +
    Math.sin(2 * anomaly) * (0.019993 - 0.000101 * century) + Math.sin(3 * anomaly) * 0.000289;
  const node = (125.04 - 1934.136 * century) * RAD;
  const apparentLongitude = (meanLongitude + center - 0.00569 - 0.00478 * Math.sin(node)) * RAD;
  const meanObliquity = 23 + (26 + (21.448 - century * (46.815 + century * 0.00059)) / 60) / 60;
  const obliquity = (meanObliquity + 0.00256 * Math.cos(node)) * RAD;
  const declination = Math.asin(Math.sin(obliquity) * Math.sin(apparentLongitude));
  const y = Math.tan(obliquity / 2) ** 2;
  const l = meanLongitude * RAD;
  const equationOfTimeMin = 4 / RAD * (y * Math.sin(2 * l) - 2 * eccentricity * Math.sin(anomaly) +
    4 * eccentricity * y * Math.sin(anomaly) * Math.cos(2 * l) - 0.5 * y * y * Math.sin(4 * l) -
    1.25 * eccentricity * eccentricity * Math.sin(2 * anomaly));
  const minutes = timeMs % DAY_MS / 60_000;
  const hourAngle = ((minutes + equationOfTimeMin + 4 * lonDeg) / 4 - 180) * RAD;
  const sine = Math.sin(latDeg * RAD) * Math.sin(declination) +
    Math.cos(latDeg * RAD) * Math.cos(declination) * Math.cos(hourAngle);
  return Math.asin(Math.max(-1, Math.min(1, sine))) / RAD;
}

function assertNear(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`);
}

const latitudes = fc.integer({ min: -90_000, max: 90_000 }).map((value) => value / 1000);
const longitudes = fc.integer({ min: -180_000, max: 180_000 }).map((value) => value / 1000);
const times = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2050, 0, 1) });

Deno.test("the sun stands at the zenith of the equator at noon of an equinox, and on the horizon at six", () => {
  // Noon at 0° E is at 12:07:30 UTC, as the equation of time is −7.5 min.
  const noonMs = Date.UTC(2026, 2, 20, 12, 7, 30);
  assertNear(solarElevationDeg(noonMs, 0, 0), 90, 0.1);
  assertNear(solarElevationDeg(noonMs, 45, 0), 45, 0.1);
  assertNear(solarElevationDeg(noonMs - 6 * 3_600_000, 0, 0), 0, 0.1);
  assertNear(solarElevationDeg(noonMs + 12 * 3_600_000, 0, 0), -90, 0.3);
  assertNear(solarElevationDeg(noonMs, 0, 90), 0, 0.1);
});

Deno.test("the sun stands at the zenith of a tropic at noon of its solstice", () => {
  assertNear(solarElevationDeg(Date.UTC(2026, 5, 21, 12, 1, 50), 23.436, 0), 90, 0.1);
  assertNear(solarElevationDeg(Date.UTC(2026, 11, 21, 11, 58, 0), -23.436, 0), 90, 0.1);
  assertNear(solarElevationDeg(Date.UTC(2026, 5, 21), 90, 0), 23.436, 0.02);
  assertNear(solarElevationDeg(Date.UTC(2026, 5, 21), -90, 0), -23.436, 0.02);
});

Deno.test("solarElevationDeg() is within 0.02° of NOAA's formula at any time and place", () => {
  fc.assert(
    fc.property(times, latitudes, longitudes, (timeMs, latDeg, lonDeg) => {
      assertNear(solarElevationDeg(timeMs, latDeg, lonDeg), noaaElevationDeg(timeMs, latDeg, lonDeg), 0.02);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("nights() covers sunset to sunrise", () => {
  // Seattle, 17 February 2026: sunset 17:37 and sunrise 7:10 Pacific time.
  const fromMs = Date.UTC(2026, 1, 17, 20);
  const found = nights(fromMs, fromMs + DAY_MS, 47.61, -122.33);
  assert.equal(found.length, 1);
  assertNear(found[0]!.fromMs, Date.UTC(2026, 1, 18, 1, 37), STEP_MS);
  assertNear(found[0]!.toMs, Date.UTC(2026, 1, 18, 15, 10), STEP_MS);
});

Deno.test("nights() cuts a night off at both ends of the range", () => {
  const midnightMs = Date.UTC(2026, 1, 18, 8);
  const hourMs = 3_600_000;
  assert.deepEqual(nights(midnightMs - hourMs, midnightMs + hourMs, 47.61, -122.33), [
    { fromMs: midnightMs - hourMs, toMs: midnightMs + hourMs },
  ]);
  assert.deepEqual(nights(midnightMs, midnightMs + 25 * 60_000, 47.61, -122.33), [
    { fromMs: midnightMs, toMs: midnightMs + 25 * 60_000 },
  ]);
  assert.deepEqual(nights(midnightMs + 12 * hourMs, midnightMs + 13 * hourMs, 47.61, -122.33), []);
});

Deno.test("nights() handles polar night and midnight sun", () => {
  const [fromMs, toMs] = [Date.UTC(2026, 11, 20), Date.UTC(2026, 11, 23)];
  assert.deepEqual(nights(fromMs, toMs, 80, 15), [{ fromMs, toMs }]);
  assert.deepEqual(nights(fromMs, toMs, -80, 15), []);
  assert.deepEqual(nights(Date.UTC(2026, 5, 20), Date.UTC(2026, 5, 23), 80, 15), []);
});

Deno.test("nights() finds one night a day in the temperate zone", () => {
  const noonMs = Date.UTC(2026, 1, 17, 20);
  assert.equal(nights(noonMs, noonMs + 5 * DAY_MS, 40, -120).length, 5);
});

Deno.test("nights() covers all dark times and little else, in order and without overlap", () => {
  fc.assert(
    fc.property(times, fc.integer({ min: 1, max: 50 }), latitudes, longitudes, (fromMs, hours, latDeg, lonDeg) => {
      const toMs = fromMs + hours * 3_600_000;
      const found = nights(fromMs, toMs, latDeg, lonDeg);
      let lastMs = -Infinity;
      for (const night of found) {
        assert.ok(night.fromMs > lastMs && night.fromMs >= fromMs && night.toMs <= toMs);
        assert.ok(night.toMs > night.fromMs, "a night of no length");
        lastMs = night.toMs;
      }
      // The sun moves no more than 2.5° in the ten minutes by which a night may begin or end late.
      for (let atMs = fromMs; atMs < toMs; atMs += 7 * 60_000) {
        const isNight = found.some((night) => atMs >= night.fromMs && atMs < night.toMs);
        const elevationDeg = noaaElevationDeg(atMs, latDeg, lonDeg);
        if (elevationDeg < HORIZON_DEG - 2.6) assert.ok(isNight);
        if (elevationDeg > HORIZON_DEG + 2.6) assert.ok(!isNight);
      }
    }),
  );
});

Deno.test("nights() returns no empty night when dusk is the end of the range", () => {
  const isDark = (timeMs: number) => solarElevationDeg(timeMs, 47.61, -122.33) < HORIZON_DEG;
  let duskMs = Date.UTC(2026, 1, 18, 0);
  while (!isDark(duskMs)) duskMs += STEP_MS;
  assert.deepEqual(nights(duskMs - 6 * STEP_MS, duskMs, 47.61, -122.33), []);
});
