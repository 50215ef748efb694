import { rise } from "./curves.ts";
import { type Points, spread, type Values } from "./hrrr_grid.ts";
import type { Synoptic } from "./synoptic.ts";

/** Kinds of precipitation at a point. */
export const FALLING = { nothing: 0, rain: 1, freezingRain: 2, icePellets: 3, snow: 4 } as const;

/**
 * Weakest echo with precipitation: 5 dBZ minus a possible packing error. Drops of weaker echoes evaporate as they fall.
 */
const LEAST_WET_DBZ = 4.9;
const FREEZING_K = 273.15;
/** Temperature at 2 m below which all precipitation under warm air is snow. */
const ALL_SNOW_K = 269.6;
/** Temperature at 2 m up to which snow reaches the ground where no warm air lies above. */
const WET_SNOW_K = 274;

/**
 * Finds the kind of precipitation at each point, as in FALLING: by the temperature at 2 m, with a band of ice where
 * warm air slides over cold.
 */
export function fallingAt(
  points: Points,
  synoptic: Synoptic,
  reflectivityDbz: Values,
  temperatureK: Values,
): Uint8Array {
  const nose = spread(warmNose(synoptic), points);
  const falling = new Uint8Array(reflectivityDbz.length);
  for (let i = 0; i < falling.length; i++) {
    if (reflectivityDbz[i]! >= LEAST_WET_DBZ) falling[i] = kindAt(temperatureK[i]!, nose[i]!);
  }
  return falling;
}

/** Computes the share of warm air above the cold, 0 to 1: east of the low, and not far beyond the warm front. */
function warmNose({ overrun, eastOfLowDeg, overColdKm }: Synoptic): Values {
  return overrun.map((share, i) => share * rise((eastOfLowDeg[i]! + 0.3) / 0.8) * rise((420 - overColdKm[i]!) / 60));
}

/**
 * Chooses the kind of precipitation. From warm to cold, snow melts above and falls as rain, freezes on the ground,
 * freezes in the air, or never melts.
 */
function kindAt(kelvin: number, nose: number): number {
  if (nose < 0.15) return kelvin > WET_SNOW_K ? FALLING.rain : FALLING.snow;
  if (kelvin > FREEZING_K) return FALLING.rain;
  const melted = (kelvin - ALL_SNOW_K) / (FREEZING_K - ALL_SNOW_K) * Math.min(1, nose + 0.5);
  if (melted > 0.45) return FALLING.freezingRain;
  return melted > 0.1 ? FALLING.icePellets : FALLING.snow;
}

/** Limits for rates: stronger echoes come from hail or melting snow. */
const MAX_RAIN_DBZ = 53;
const MAX_SNOW_DBZ = 35;

/**
 * Computes the rate of precipitation, kg m-2 s-1.
 * @param falling kinds of FALLING
 * @see Marshall and Palmer 1948: Z = 200 R^1.6, R in mm/h
 */
export function precipitationRate(reflectivityDbz: Values, falling: Uint8Array): Values {
  return reflectivityDbz.map((dbz, i) => {
    const kind = falling[i]!;
    if (kind === FALLING.nothing) return 0;
    const most = kind === FALLING.rain || kind === FALLING.freezingRain ? MAX_RAIN_DBZ : MAX_SNOW_DBZ;
    const mmPerHour = (10 ** (Math.min(dbz, most) / 10) / 200) ** (1 / 1.6);
    return mmPerHour / 3600;
  });
}
