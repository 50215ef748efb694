import { clamp, smoothStep } from "./curves.ts";
import { COARSE_PLACES, FINE, spread, type Values } from "./hrrr_grid.ts";
import { noise } from "./noise.ts";
import type { Synoptic } from "./synoptic.ts";
import { terrainOn } from "./terrain.ts";

/** Speed of moist and dry patches as a share of the fronts' speed. */
const AIR_SPEED_SHARE = 0.6;
/** Smallest difference between temperature and dew point, K: fog. */
const SATURATED_K = 0.05;

/**
 * Computes the dew point at 2 m, K: moist in the warm sector, in rain and over the sea, dry behind the front and in the
 * West, driest in the afternoon.
 */
export function dewPointK(temperature: Values, reflectivityDbz: Values, synoptic: Synoptic): Values {
  const base = spread(depressionK(synoptic), FINE);
  const { land, inland } = terrainOn(FINE);
  const values = new Float32Array(temperature.length);
  for (let row = 0, i = 0; row < FINE.height; row++) {
    const y = row * FINE.spacingKm;
    for (let column = 0; column < FINE.width; column++, i++) {
      const x = column * FINE.spacingKm - AIR_SPEED_SHARE * synoptic.travelledKm;
      const patches = 2.2 * noise(x / 330, y / 330) + 1.6 * noise(x / 90, y / 90 + 50);
      const wet = smoothStep((reflectivityDbz[i]! - 4) / 24);
      const depression = (base[i]! + patches) * (0.32 + 0.25 * land[i]! + 0.43 * inland[i]!) * (1 - 0.8 * wet);
      values[i] = temperature[i]! - Math.max(SATURATED_K, depression);
    }
  }
  return values;
}

/** Computes temperature minus dew point, K, far inland. */
function depressionK({ warmSector, coldAir, cloudiness, overrun, daily }: Synoptic): Values {
  const { lonDeg, latDeg } = COARSE_PLACES;
  return warmSector.map((warm, i) => {
    const west = 7 * smoothStep((-98 - lonDeg[i]!) / 9) * smoothStep((50 - latDeg[i]!) / 14);
    return 8 + west + 2.8 * daily[i]! * (1 - 0.6 * cloudiness[i]!) - 3.6 * warm + 2.5 * coldAir[i]! -
      1.5 * overrun[i]! - 2.6 * cloudiness[i]!;
  });
}

const ZERO_CELSIUS_K = 273.15;
/** The Magnus formula. @see Alduchov and Eskridge 1996 */
const magnus = (celsius: number) => 17.625 * celsius / (243.04 + celsius);

/** Computes the relative humidity over water, %. */
export function relativeHumidityPercent(temperature: Values, dewPoint: Values): Values {
  return temperature.map((kelvin, i) =>
    100 * Math.exp(magnus(dewPoint[i]! - ZERO_CELSIUS_K) - magnus(kelvin - ZERO_CELSIUS_K))
  );
}

/** Dew point below which a parcel has no energy to rise. */
const LEAST_DEW_POINT_K = 282.5;
const MAX_CAPE_J_KG = 5500;

/** Computes the convective available potential energy, J kg-1: only in the moist air of the warm sector. */
export function capeJKg(temperature: Values, dewPoint: Values, synoptic: Synoptic): Values {
  const { warmSector, instability, broadLift } = synoptic;
  const favour = spread(
    warmSector.map((warm, i) => warm * instability[i]! * (1 - 0.7 * broadLift[i]!)),
    FINE,
  );
  const values = new Float32Array(temperature.length);
  for (let row = 0, i = 0; row < FINE.height; row++) {
    const y = row * FINE.spacingKm;
    for (let column = 0; column < FINE.width; column++, i++) {
      const moist = dewPoint[i]! - LEAST_DEW_POINT_K;
      if (moist <= 0 || favour[i]! < 0.02) continue;
      const x = column * FINE.spacingKm - AIR_SPEED_SHARE * synoptic.travelledKm;
      const patches = 1 + 0.4 * noise(x / 190, y / 190 + 21) + 0.1 * noise(x / 40, y / 40);
      const warmth = clamp((temperature[i]! - 281) / 12, 0.2, 1.4);
      values[i] = clamp(160 * moist * favour[i]! * patches * warmth, 0, MAX_CAPE_J_KG);
    }
  }
  return values;
}
