import { bell, clamp, rise, smoothStep } from "./curves.ts";
import { type Points, spread, type Values } from "./hrrr_grid.ts";
import { noise } from "./noise.ts";
import type { Synoptic } from "./synoptic.ts";
import { terrainOn } from "./terrain.ts";

/** Value in models where there is no echo. */
const NO_ECHO_DBZ = -10;
const MAX_ECHO_DBZ = 64;
/** Thresholds below which lift, the front, storms or showers make no echo. */
const LEAST_LIFT = 0.15;
const LEAST_FRONT = 0.05;
const LEAST_CAUSE = 0.1;
/** Limits of the line of storms and the field behind it, as distances from the front. */
const BEHIND_FRONT_KM = -260;
const AHEAD_OF_FRONT_KM = 120;

/**
 * Computes the composite reflectivity, dBZ: bands of widespread rain and snow north of the warm front and around the
 * low, a line of storms on the cold front with a softer field behind it, scattered storms in the warm sector, showers
 * on the mountains of the West. Each point has the strongest of these, as a radar would show.
 */
export function reflectivityDbz(points: Points, synoptic: Synoptic): Values {
  const { broadLift, frontLift, instability, coldAir, aheadKm, hours, travelledKm } = synoptic;
  const broad = spread(broadLift.map((lift) => lift ** 0.6), points);
  const [front, unstable, cold, ahead] = [frontLift, instability, coldAir, aheadKm].map((field) =>
    spread(field, points)
  ) as [Values, Values, Values, Values];
  const { elevationM } = terrainOn(points);
  const values = new Float32Array(broad.length).fill(NO_ECHO_DBZ);
  for (let row = 0, i = 0; row < points.height; row++) {
    const y = row * points.spacingKm;
    for (let column = 0; column < points.width; column++, i++) {
      const x = column * points.spacingKm;
      const lift = broad[i]!;
      const km = ahead[i]!;
      const line = km > BEHIND_FRONT_KM && km < AHEAD_OF_FRONT_KM ? front[i]! : 0;
      const storms = unstable[i]!;
      const showers = cold[i]! * smoothStep((elevationM[i]! - 500) / 1400);
      if (lift < LEAST_LIFT && line < LEAST_FRONT && storms < LEAST_CAUSE && showers < LEAST_CAUSE) continue;
      const cells = cellsAt(x, y, hours, travelledKm);
      let dbz = NO_ECHO_DBZ;
      if (lift >= LEAST_LIFT) dbz = Math.max(dbz, broadDbz(lift, cells, x - 0.88 * travelledKm, y));
      if (line >= LEAST_FRONT) dbz = Math.max(dbz, frontDbz(line, cells, km, y, hours));
      if (storms >= LEAST_CAUSE) dbz = Math.max(dbz, stormDbz(storms, cells, km, x, y, travelledKm));
      if (showers >= LEAST_CAUSE) dbz = Math.max(dbz, showerDbz(showers, cells, x - 0.7 * travelledKm, y));
      values[i] = clamp(dbz, NO_ECHO_DBZ, MAX_ECHO_DBZ);
    }
  }
  return values;
}

/** Computes fine grain from two noises that drift apart, so that cells come and go and leave no endless streaks. */
function cellsAt(x: number, y: number, hours: number, travelledKm: number): number {
  return 0.75 * (noise((x - travelledKm) / 26, y / 26 + 5) +
    noise((x - 0.75 * travelledKm) / 29, (y + 35 * hours) / 29));
}

/** Computes bands that lie across their direction of travel. */
function broadDbz(lift: number, cells: number, x: number, y: number): number {
  const bands = noise((x + 0.7 * y) / 95, (y - 0.7 * x) / 210 + 60);
  return -20 + 48 * lift * (1 + 0.3 * bands + 0.13 * cells);
}

/** Computes storms that move north along the front while the front moves east. */
function frontDbz(line: number, cells: number, aheadKm: number, y: number, hours: number): number {
  const gaps = noise((y + 55 * hours) / 45, aheadKm / 90 + hours / 2.5);
  const core = bell((aheadKm - 4 - 13 * cells) / 19) * (0.76 + 0.46 * gaps);
  const trail = bell((aheadKm + 58) / (aheadKm > -58 ? 58 : 105)) * (0.58 + 0.26 * gaps + 0.2 * cells);
  return NO_ECHO_DBZ + line * Math.max(68 * core, 46 * trail);
}

/** Computes lone storms in clusters, slower than the front and away from it. */
function stormDbz(
  storms: number,
  cells: number,
  aheadKm: number,
  x: number,
  y: number,
  travelledKm: number,
): number {
  const lone = noise((x - 0.6 * travelledKm) / 64, (y + 0.25 * travelledKm) / 64) + 0.3 * cells +
    0.7 * noise((x - 0.7 * travelledKm) / 260, y / 260 + 31);
  const room = rise((aheadKm - 90) / 40);
  return NO_ECHO_DBZ + 68 * storms * room * smoothStep((lone - 0.62) / 0.5);
}

function showerDbz(showers: number, cells: number, x: number, y: number): number {
  return NO_ECHO_DBZ + showers * (14 + 24 * cells + 26 * noise(x / 110, y / 110 + 12));
}
