import { bell, length, rise, smoothStep } from "./curves.ts";
import { COARSE_PLACES, KM_PER_DEGREE, radians } from "./hrrr_grid.ts";
import { type Synoptic, WAVE_DEG } from "./synoptic.ts";

const MEAN_PA = 101_450;

/**
 * Computes the pressure at mean sea level on the coarse points, Pa: the low, the trough along the cold front and the
 * high in the cold air behind, on top of a wave and the subtropical ridge. The precision is double, because the wind is
 * computed from the slopes.
 */
export function seaLevelPressurePa(synoptic: Synoptic): Float64Array {
  const { lonDeg, latDeg } = COARSE_PLACES;
  const { eastOfLowDeg, northOfLowKm, aheadKm, overColdKm, presence, hours } = synoptic;
  const drift = hours / 8;
  return Float64Array.from(lonDeg, (lon, i) => {
    const lat = latDeg[i]!;
    const east = eastOfLowDeg[i]!;
    const near = presence[i]!;
    const eastKm = east * KM_PER_DEGREE * Math.cos(radians(lat));
    const northKm = northOfLowKm[i]!;
    const ahead = aheadKm[i]!;
    // Lows deepen over the plains.
    const depthPa = 1000 + 800 * smoothStep((lon - east + 118) / 35);
    const low = -depthPa / (1 + (eastKm ** 2 + northKm ** 2) / 430 ** 2) ** 0.9;
    const trough = -700 * Math.exp(-length(ahead, 15) / 230) *
      (northKm < 0 ? bell(northKm / 1600) : bell(northKm / 450));
    const warmTrough = -280 * Math.exp(-length(overColdKm[i]!, 20) / 200) * rise(east / 1.5) * bell(east / 11);
    const coldHigh = 1450 * bell((east + 15 + 0.4 * (lat - 43)) / 10) * bell((lat - 43) / 7.5);
    // Ridges lean towards the north-west.
    const lean = 2 * Math.PI * (east + 0.5 * (lat - 40)) / WAVE_DEG;
    const wave = -400 * Math.cos(lean) * bell((lat - 41) / 15);
    const ridge = 300 * bell((lat - 31) / 9);
    // Sine waves instead of noise: the slopes of noise have edges, which would show in the wind.
    const eddies = 70 * Math.sin(lon / 3.4 - lat / 5 - drift) + 60 * Math.cos(lat / 2.6 + lon / 7 + 0.4 * drift) +
      45 * Math.sin(lon / 2.1 + lat / 2.4 - 1.7 * drift);
    return MEAN_PA + near * (low + trough + warmTrough + coldHigh) + wave + ridge + eddies;
  });
}
