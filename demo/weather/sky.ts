import { clamp, smoothStep } from "./curves.ts";
import { FINE, spread, type Values } from "./hrrr_grid.ts";
import { noise } from "./noise.ts";
import { FALLING } from "./precipitation.ts";
import type { Synoptic } from "./synoptic.ts";

/** Speed of cloud patches as a share of the fronts' speed. */
const CLOUD_SPEED_SHARE = 0.6;

/**
 * Computes the cloud cover, %: closed near fronts and in rain, broken in moist air, cells in the cold air behind,
 * patches.
 */
export function cloudPercent(
  reflectivityDbz: Values,
  humidityPercent: Values,
  synoptic: Synoptic,
): Values {
  const { cloudiness, coldAir, travelledKm } = synoptic;
  const wanted = spread(cloudiness, FINE);
  const cold = spread(coldAir, FINE);
  const values = new Float32Array(wanted.length);
  for (let row = 0, i = 0; row < FINE.height; row++) {
    const y = row * FINE.spacingKm;
    for (let column = 0; column < FINE.width; column++, i++) {
      const x = column * FINE.spacingKm - CLOUD_SPEED_SHARE * travelledKm;
      const regions = noise(x / 620, y / 620 + 3);
      const sheets = noise(x / 150, y / 150 + 17);
      const streaks = noise((x + 0.5 * y) / 330, (y - 0.5 * x) / 90 + 8);
      const cells = noise(x / 34, y / 34 + 26);
      const moist = smoothStep((humidityPercent[i]! - 60) / 40);
      const share = 1.3 * wanted[i]! + 0.5 * moist + 0.55 * regions + 0.34 * sheets + 0.3 * streaks +
        (0.1 + 0.25 * cold[i]!) * cells - 0.08;
      const raining = reflectivityDbz[i]! > 0 ? smoothStep(reflectivityDbz[i]! / 15) : 0;
      values[i] = 100 * Math.max(smoothStep(0.5 + 0.55 * (share - 0.5)), raining);
    }
  }
  return values;
}

const MAX_VISIBILITY_M = 60_000;
/** Attenuation at the limit of visibility: the smallest visible contrast is 1/50. */
const LEAST_CONTRAST = -Math.log(0.02);

/**
 * Computes the visibility at the ground, m: haze by humidity, rain and, more strongly, snow by their rate, and fog in
 * patches where the air is saturated.
 * @param rate precipitation, kg m-2 s-1
 * @param falling kinds of FALLING
 * @see Stoelinga and Warner 1999, doi:10.1175/1520-0450(1999)038<0385:NMBEOA>2.0.CO;2, and the RUC's haze; in outline
 */
export function visibilityM(humidityPercent: Values, rate: Values, falling: Uint8Array): Values {
  const values = new Float32Array(rate.length);
  for (let row = 0, i = 0; row < FINE.height; row++) {
    const y = row * FINE.spacingKm;
    for (let column = 0; column < FINE.width; column++, i++) {
      const x = column * FINE.spacingKm;
      const humidity = humidityPercent[i]!;
      const hazeKm = 60 * Math.exp(-1.6 * clamp((humidity - 15) / 80, 0, 1));
      let perKm = LEAST_CONTRAST / hazeKm;
      const mmPerHour = rate[i]! * 3600;
      if (mmPerHour > 0) perKm += extinctionPerKm(mmPerHour, falling[i]!);
      if (humidity > 95) {
        perKm += 7 * smoothStep((humidity - 95) / 5) * smoothStep(0.5 + 1.2 * noise(x / 70, y / 70 + 44));
      }
      values[i] = Math.min(MAX_VISIBILITY_M, 1000 * LEAST_CONTRAST / perKm);
    }
  }
  return values;
}

/** Computes the extinction of light by precipitation. */
function extinctionPerKm(mmPerHour: number, kind: number): number {
  if (kind === FALLING.snow) return 1.9 * mmPerHour ** 0.78;
  if (kind === FALLING.icePellets) return 0.8 * mmPerHour ** 0.75;
  return 0.22 * mmPerHour ** 0.7;
}
