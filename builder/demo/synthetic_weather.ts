import type { Field } from "../fields/field.ts";

/** The HRRR CONUS grid. @see SOURCES: Lambert conformal, one standard parallel 38.5°, LoV 97.5° W, sphere of 6371229 m */
export const HRRR_GRID = {
  width: 1799,
  height: 1059,
  projection: "+proj=lcc +lat_1=38.5 +lat_2=38.5 +lat_0=38.5 +lon_0=-97.5 +R=6371229 +units=m +no_defs",
  geoTransform: [-2699020.142521929, 3000, 0, 1588193.847443335, 0, -3000],
} as const;

const SPHERE_M = 6371229;
const PARALLEL = radians(38.5);
const CENTRAL_MERIDIAN = radians(-97.5);

/** Latitude and longitude in degrees of a point of the Lambert plane. @see Snyder 1987, equations 15-1 to 15-11 */
export function lambertToLonLat(xM: number, yM: number): { lonDeg: number; latDeg: number } {
  const n = Math.sin(PARALLEL); // one standard parallel
  const f = Math.cos(PARALLEL) * Math.tan(Math.PI / 4 + PARALLEL / 2) ** n / n;
  const rho0 = SPHERE_M * f / Math.tan(Math.PI / 4 + PARALLEL / 2) ** n;
  const rho = Math.hypot(xM, rho0 - yM);
  const theta = Math.atan2(xM, rho0 - yM);
  const lat = 2 * Math.atan((SPHERE_M * f / rho) ** (1 / n)) - Math.PI / 2;
  return { lonDeg: degrees(CENTRAL_MERIDIAN + theta / n), latDeg: degrees(lat) };
}

/** Fields of one made-up hour on the HRRR grid, in SI units, that belong together. */
export interface SyntheticWeather {
  readonly temperatureK: Field;
  readonly dewPointK: Field;
  /** Towards the grid's east and north. */
  readonly windUMs: Field;
  readonly windVMs: Field;
  readonly reflectivityDbz: Field;
  /** 0 or 1, as models give them. */
  readonly rain: Field;
  readonly snow: Field;
  readonly icePellets: Field;
  readonly freezingRain: Field;
}

/**
 * A made-up hour: colder to the north and on high ground, warmer by day, with a cold front that crosses the continent from
 * west to east in about two days: south-westerly, moist air ahead of it, north-westerly, dry air behind, and showers
 * along it. Nobody's forecast.
 */
export function syntheticWeather(time: Date): SyntheticWeather {
  const { width, height, geoTransform: [west, dx, , north, , dy] } = HRRR_GRID;
  const field = (): Field => ({ width, height, values: new Float32Array(width * height) });
  const weather: SyntheticWeather = {
    temperatureK: field(),
    dewPointK: field(),
    windUMs: field(),
    windVMs: field(),
    reflectivityDbz: field(),
    rain: field(),
    snow: field(),
    icePellets: field(),
    freezingRain: field(),
  };
  const hours = time.getTime() / 3_600_000;
  const names = Object.keys(weather) as (keyof SyntheticWeather)[];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const { lonDeg, latDeg } = lambertToLonLat(west + (column + 0.5) * dx, north + (row + 0.5) * dy);
      const point = weatherAt(lonDeg, latDeg, hours);
      for (const name of names) weather[name].values[row * width + column] = point[name];
    }
  }
  return weather;
}

const FRONT_PERIOD_H = 54;
const NO_ECHO_DBZ = -10;

function weatherAt(lonDeg: number, latDeg: number, hours: number): Readonly<Record<keyof SyntheticWeather, number>> {
  const land = landShare(lonDeg, latDeg);
  const relief = land * mountains(lonDeg, latDeg);
  const eddies = noise(lonDeg * 0.55 - hours * 0.12, latDeg * 0.7);
  const detail = noise(lonDeg * 1.7 - hours * 0.2, latDeg * 2.1 + 40);
  // Degrees east of the front, a line that bends with latitude and moves east.
  const travelled = (hours / FRONT_PERIOD_H % 1) * 90;
  const line = -140 + travelled + 5 * Math.sin(radians(latDeg * 7 + hours * 2)) - 0.35 * (latDeg - 38);
  const ahead = (lonDeg - line + 45 + 90 * 2) % 90 - 45;
  const strength = Math.exp(-((ahead / 24) ** 2)) * (0.35 + 0.65 * smoothStep((latDeg - 24) / 10));
  const side = Math.tanh(ahead / 1.6); // −1 behind, 1 ahead

  const solarHour = hours % 24 + lonDeg / 15;
  const daily = (1 + 5 * land) * Math.cos((solarHour - 15) / 24 * 2 * Math.PI);
  const climate = 300 - 0.78 * (latDeg - 24) - 0.008 * (latDeg - 24) ** 2;
  const temperatureK = climate - 10 * relief + daily + 7 * side * strength + 1.6 * eddies + 0.8 * detail;
  const depressionK = Math.max(0.3, 7 + 5 * land + daily * 0.8 + 4 * eddies - 8 * side * strength + 3 * relief);
  const rain = 62 * strength * Math.exp(-(((ahead - 0.6) / 1.5) ** 2)) * (0.72 + 0.5 * detail + 0.3 * eddies);
  const isWet = rain > 3;
  const kind = kindAt(temperatureK);
  return {
    rain: Number(isWet && kind === "rain"),
    snow: Number(isWet && kind === "snow"),
    icePellets: Number(isWet && kind === "icePellets"),
    freezingRain: Number(isWet && kind === "freezingRain"),
    temperatureK,
    dewPointK: temperatureK - depressionK,
    windUMs: 4 + 3 * eddies + strength * (6 - 2 * side) + 2 * relief,
    windVMs: 1 + 3 * detail + 11 * side * strength,
    reflectivityDbz: isWet ? Math.min(rain, 60) : NO_ECHO_DBZ,
  };
}

/** A band of mixed kinds around freezing. */
function kindAt(temperatureK: number): "rain" | "snow" | "icePellets" | "freezingRain" {
  if (temperatureK > 274) return "rain";
  if (temperatureK > 272.6) return "freezingRain";
  return temperatureK > 271.4 ? "icePellets" : "snow";
}

/** Nearly 1 over the continent and 0 over the oceans, with a soft coast. */
function landShare(lonDeg: number, latDeg: number): number {
  const westCoast = -124.3 + 1.35 * Math.max(0, 34.5 - latDeg) - 0.8 * Math.max(0, latDeg - 48);
  const eastCoast = -80.4 + 0.028 * (latDeg - 27) ** 2;
  const gulf = Math.hypot((lonDeg + 90) / 7.6, (latDeg - 24.6) / 5);
  return smoothStep((lonDeg - westCoast) / 0.8 + 0.5) * smoothStep((eastCoast - lonDeg) / 1.4 + 0.5) *
    smoothStep((gulf - 1) * 4 + 0.5);
}

/** Cascades and Sierra, Rockies, Appalachians: 0 to about 1.4. */
function mountains(lonDeg: number, latDeg: number): number {
  const ridge = (at: number, widthDeg: number) => Math.exp(-(((lonDeg - at) / widthDeg) ** 2));
  const cascades = 0.8 * ridge(-121.2 + Math.max(0, 41 - latDeg) * 0.45, 0.9) * smoothStep((latDeg - 34) / 2);
  const rockies = 1.1 * ridge(-106.5 - Math.max(0, latDeg - 40) * 0.85, 3.6);
  const appalachians = 0.45 * ridge(-82 + (latDeg - 35.5) * 1.15, 1.1) * smoothStep((latDeg - 33) / 2);
  const rough = 0.8 + 0.35 * noise(lonDeg * 1.1, latDeg * 1.3) + 0.2 * noise(lonDeg * 3.1, latDeg * 3.7);
  return (cascades + rockies + appalachians) * rough;
}

/** Smooth value noise from −1 to 1, the same for the same place. */
function noise(x: number, y: number): number {
  const column = Math.floor(x);
  const row = Math.floor(y);
  const u = smoothStep(x - column);
  const v = smoothStep(y - row);
  const top = lattice(column, row) * (1 - u) + lattice(column + 1, row) * u;
  const bottom = lattice(column, row + 1) * (1 - u) + lattice(column + 1, row + 1) * u;
  return top * (1 - v) + bottom * v;
}

function lattice(column: number, row: number): number {
  let hash = Math.imul(column, 0x27d4eb2d) ^ Math.imul(row, 0x165667b1);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 0x7fffffff - 1;
}

function smoothStep(share: number): number {
  const t = Math.min(Math.max(share, 0), 1);
  return t * t * (3 - 2 * t);
}

function radians(deg: number): number {
  return deg * Math.PI / 180;
}

function degrees(rad: number): number {
  return rad * 180 / Math.PI;
}
