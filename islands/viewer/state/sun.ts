const DAY_MS = 86_400_000;
const J2000_MS = Date.UTC(2000, 0, 1, 12);
const RAD = Math.PI / 180;

/**
 * Returns the height of the sun's centre above the horizon in degrees, to about a hundredth. Low-precision formula of
 * the Astronomical Almanac, page C5.
 */
export function solarElevationDeg(timeMs: number, latDeg: number, lonDeg: number): number {
  const days = (timeMs - J2000_MS) / DAY_MS;
  const meanLongitude = 280.46 + 0.9856474 * days;
  const anomaly = (357.528 + 0.9856003 * days) * RAD;
  const eclipticLongitude = (meanLongitude + 1.915 * Math.sin(anomaly) + 0.02 * Math.sin(2 * anomaly)) * RAD;
  const obliquity = (23.439 - 0.0000004 * days) * RAD;
  const declination = Math.asin(Math.sin(obliquity) * Math.sin(eclipticLongitude));
  const rightAscension = Math.atan2(Math.cos(obliquity) * Math.sin(eclipticLongitude), Math.cos(eclipticLongitude));
  const siderealDeg = 280.46061837 + 360.98564736629 * days;
  const hourAngle = (siderealDeg + lonDeg) * RAD - rightAscension;
  const sine = Math.sin(latDeg * RAD) * Math.sin(declination) +
    Math.cos(latDeg * RAD) * Math.cos(declination) * Math.cos(hourAngle);
  return Math.asin(sine) / RAD;
}

/** Returns the spans of night, in ms, between two times: the sun is below −0.833°, its height at sunrise and sunset. */
export function nights(
  fromMs: number,
  toMs: number,
  latDeg: number,
  lonDeg: number,
): { readonly fromMs: number; readonly toMs: number }[] {
  const STEP_MS = 10 * 60_000;
  const HORIZON_DEG = -0.833;
  const found: { fromMs: number; toMs: number }[] = [];
  for (let at = fromMs; at < toMs; at += STEP_MS) {
    if (solarElevationDeg(at, latDeg, lonDeg) >= HORIZON_DEG) continue;
    const last = found.at(-1);
    const end = Math.min(at + STEP_MS, toMs);
    if (last && last.toMs >= at) last.toMs = end;
    else found.push({ fromMs: at, toMs: end });
  }
  return found;
}
