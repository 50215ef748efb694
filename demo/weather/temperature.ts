import { clamp, smoothStep } from "./curves.ts";
import { COARSE_PLACES, type Points, spread, type Values } from "./hrrr_grid.ts";
import { noise } from "./noise.ts";
import type { Synoptic } from "./synoptic.ts";
import { terrainOn } from "./terrain.ts";

const LAPSE_K_M = 0.0062;

/**
 * Computes the temperature at 2 m, K: colder to the north, on high ground and behind the cold front, warm in the warm
 * sector; a daily cycle over land, strongest under a clear sky; mild seas.
 */
export function temperatureK(points: Points, synoptic: Synoptic): Values {
  const air = spread(airMassK(synoptic), points);
  const swing = spread(dailySwingK(synoptic), points);
  const mild = spread(marineExcessK(synoptic), points);
  const { land, inland, elevationM } = terrainOn(points);
  const values = new Float32Array(air.length);
  for (let row = 0, i = 0; row < points.height; row++) {
    const y = row * points.spacingKm;
    for (let column = 0; column < points.width; column++, i++) {
      const x = column * points.spacingKm;
      const local = (0.3 + 0.4 * land[i]!) * noise(x / 95, y / 95 + 11) + 0.18 * land[i]! * noise(x / 27, y / 27);
      values[i] = air[i]! + swing[i]! * (0.12 + 0.28 * land[i]! + 0.6 * inland[i]!) + mild[i]! * (1 - inland[i]!) -
        LAPSE_K_M * elevationM[i]! + local;
    }
  }
  return values;
}

/** Computes the temperature of the air mass, K, at sea level, without the daily cycle. */
function airMassK({ warmSector, coldAir, overrun, hours }: Synoptic): Values {
  const { lonDeg, latDeg } = COARSE_PLACES;
  return warmSector.map((warm, i) => {
    const north = latDeg[i]! - 25;
    const climate = 296.5 - 0.9 * north - 0.009 * north ** 2;
    const eddies = noise(lonDeg[i]! / 9 - hours / 40, latDeg[i]! / 7);
    return climate + 7 * warm * smoothStep((latDeg[i]! - 19) / 12) - 9 * coldAir[i]! - 5 * overrun[i]! + 1.3 * eddies;
  });
}

function dailySwingK({ daily, cloudiness }: Synoptic): Values {
  return daily.map((value, i) => 5.5 * value * (1 - 0.7 * cloudiness[i]!));
}

/** Computes the excess of the air over the sea over continental air at this latitude, K. */
function marineExcessK({ coldAir, warmSector }: Synoptic): Values {
  return coldAir.map((cold, i) => clamp(0.5 * (COARSE_PLACES.latDeg[i]! - 30), -1, 8) + 5 * cold - 3 * warmSector[i]!);
}
