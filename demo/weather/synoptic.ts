import { bell, clamp, length, rise, smoothStep } from "./curves.ts";
import { COARSE, COARSE_PLACES, KM_PER_DEGREE, radians, type Values } from "./hrrr_grid.ts";

/**
 * The large scale of an hour on the coarse points, from which all fields are made: a low that travels east, a cold
 * front that trails south-west of it, a warm front east of it, and the warm sector between. The pattern repeats every
 * 52 degrees of longitude, so that a low is always on the map.
 */
export interface Synoptic {
  /** Hours since 1970. */
  readonly hours: number;
  /**
   * Distance that the systems have travelled over the plane, km: features that move with them are at rest in `x −
   * travelledKm`.
   */
  readonly travelledKm: number;
  /** Distance east of the nearest low, in degrees of longitude, within ± half a wave. */
  readonly eastOfLowDeg: Values;
  /** Distance north of the nearest low. */
  readonly northOfLowKm: Values;
  /** Distance from the cold front, positive ahead of it. */
  readonly aheadKm: Values;
  /** Distance from the warm front, positive north of it, over the cold air. */
  readonly overColdKm: Values;
  /** 1 near a low and its fronts, 0 halfway to the next: keeps neighbouring systems apart. */
  readonly presence: Values;
  /** 0 to 1: warm moist air between the fronts; cold air behind; cool air under the warm air that slides over it. */
  readonly warmSector: Values;
  readonly coldAir: Values;
  readonly overrun: Values;
  /** 0 to 1: warm air that would rise, most of it by day and where the Gulf gives it moisture. */
  readonly instability: Values;
  /** 0 to 1: widespread lift, north of the warm front and around the low; lift along the cold front. */
  readonly broadLift: Values;
  readonly frontLift: Values;
  /** 0 to 1: share of the sky for clouds, before details. */
  readonly cloudiness: Values;
  /** −1 by night to 1 in the early afternoon. */
  readonly daily: Values;
}

/** Distance from one low to the next, in degrees of longitude. */
export const WAVE_DEG = 52;
const SPEED_DEG_H = 1.25;
const SPEED_KM_H = 105;
/** Longitude of a low at hour 0 of 1970. */
const ORIGIN_DEG = -100;

/** Computes the large scale at a time. */
export function synopticAt(time: Date): Synoptic {
  const hours = time.getTime() / 3_600_000;
  const field = () => new Float32Array(COARSE.width * COARSE.height);
  const made: Synoptic = {
    hours,
    travelledKm: SPEED_KM_H * hours,
    eastOfLowDeg: field(),
    northOfLowKm: field(),
    aheadKm: field(),
    overColdKm: field(),
    presence: field(),
    warmSector: field(),
    coldAir: field(),
    overrun: field(),
    instability: field(),
    broadLift: field(),
    frontLift: field(),
    cloudiness: field(),
    daily: field(),
  };
  const { lonDeg, latDeg } = COARSE_PLACES;
  const sway = hours / 3;
  for (let i = 0; i < lonDeg.length; i++) {
    const lon = lonDeg[i]!;
    const lat = latDeg[i]!;
    const east = eastOfLow(lon, hours);
    const presence = smoothStep((WAVE_DEG / 2 - Math.abs(east)) / 7);
    const squeeze = Math.cos(radians(lat));
    const lowLat = lowLatitude(lon - east);
    const south = lowLat - lat;
    const eastKm = east * squeeze * KM_PER_DEGREE;
    const northKm = -south * KM_PER_DEGREE;

    const cold = coldFront(south);
    // Sine waves instead of noise: pressure follows the front, and the slopes of noise have edges, which would show in
    // the wind.
    const waves = 0.35 * Math.sin(lat / 1.3 + sway) + 0.12 * Math.sin(lat / 0.55 - 1.7 * sway);
    const ahead = (east - cold.eastDeg - waves) * squeeze * KM_PER_DEGREE / length(1, cold.slope * squeeze);
    const warm = warmFront(east);
    const overCold = (warm.northDeg - south + 0.3 * Math.sin(lon / 1.9 - sway)) * KM_PER_DEGREE /
      length(1, warm.slope / squeeze);

    const isAhead = rise(ahead / 30);
    const warmSector = presence * isAhead * rise(-overCold / 60) * bell((east - 4) / 12.5);
    const coldAir = presence * rise(-ahead / 40) * bell((east + 7) / 12) * (0.5 + 0.5 * smoothStep((lat - 24) / 14));
    const overrun = presence * rise(overCold / 45) * rise(ahead / 90) * bell(overCold / 620) * bell((east - 3) / 10.5);

    const slidesUp = bell((overCold - 170) / (overCold < 170 ? 130 : 260)) * rise((east + 1) / 1.5) *
      bell((east - 3) / 9);
    const radiusKm = length(eastKm, northKm) + 1;
    const northWest = (northKm - eastKm) / (radiusKm * Math.SQRT2);
    const wrapsAround = bell((radiusKm - 250) / 250) * smoothStep(0.55 + 0.7 * northWest);
    const broadLift = presence * (1 - (1 - slidesUp) * (1 - wrapsAround));
    const frontLift = presence * smoothStep((south + 0.4) / 2.2) * (1 - 0.7 * smoothStep((south - 10) / 9));

    const daily = Math.cos((hours % 24 + lon / 15 - 15) / 24 * 2 * Math.PI);
    const gulf = 0.2 + 0.8 * smoothStep((lon + 107) / 9);

    made.eastOfLowDeg[i] = east;
    made.northOfLowKm[i] = northKm;
    made.aheadKm[i] = ahead;
    made.overColdKm[i] = overCold;
    made.presence[i] = presence;
    made.warmSector[i] = warmSector;
    made.coldAir[i] = coldAir;
    made.overrun[i] = overrun;
    made.instability[i] = warmSector * gulf * (0.75 + 0.25 * daily);
    made.daily[i] = daily;
    made.broadLift[i] = broadLift;
    made.frontLift[i] = frontLift;
    made.cloudiness[i] = clamp(
      1.25 * Math.sqrt(broadLift) + frontLift * (0.95 * bell((ahead + 10) / 130) + 0.35 * bell((ahead - 260) / 260)) +
        0.3 * warmSector + 0.5 * overrun + 0.25 * coldAir,
      0,
      1,
    );
  }
  return made;
}

function eastOfLow(lonDeg: number, hours: number): number {
  const low = ORIGIN_DEG + (SPEED_DEG_H * hours) % WAVE_DEG;
  const east = (lonDeg - low) % WAVE_DEG;
  return east - WAVE_DEG * Math.round(east / WAVE_DEG);
}

/** Latitude of a low by its longitude: lows come ashore in Oregon and leave over Maine. */
function lowLatitude(lonDeg: number): number {
  return 41.3 + 0.12 * (lonDeg + 100);
}

/** Position of the cold front, in degrees east of the low, by degrees south of it, and its slope. */
function coldFront(southDeg: number): { readonly eastDeg: number; readonly slope: number } {
  if (southDeg < 0) return { eastDeg: -0.03 * southDeg ** 2, slope: -0.06 * southDeg };
  return { eastDeg: -0.2 * southDeg - 0.022 * southDeg ** 2, slope: -0.2 - 0.044 * southDeg };
}

/** Position of the warm front, in degrees south of the low, by degrees east of it, and its slope. */
function warmFront(eastDeg: number): { readonly northDeg: number; readonly slope: number } {
  if (eastDeg < 0) return { northDeg: 0, slope: 0 };
  return { northDeg: 0.08 * eastDeg + 0.006 * eastDeg ** 2, slope: 0.08 + 0.012 * eastDeg };
}
