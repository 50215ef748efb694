import { slopesOf } from "./coarse_slopes.ts";
import { bell, clamp } from "./curves.ts";
import { COARSE_PLACES, coriolisPerS, FINE, spread, type Values } from "./hrrr_grid.ts";
import { noise } from "./noise.ts";
import { type Synoptic, WAVE_DEG } from "./synoptic.ts";

/** The 500 mb surface. */
export interface UpperAir {
  readonly heightGpm: Values;
  readonly temperatureK: Values;
  /** Absolute vorticity, s-1: the air's own and the earth's. */
  readonly vorticityPerS: Values;
}

/** Distance of the trough aloft west of the low, and of the coldest air west of that trough. */
const TROUGH_LAG_DEG = 6;
const COLD_LAG_DEG = 2.5;
const JET_LAT_DEG = 39.5;
const MEAN_GPM = 5590;
const MEAN_K = 249.5;
const GPM_PER_K = 19;

/** Computes the 500 mb surface of an hour, on every cell. */
export function upperAirAt(synoptic: Synoptic): UpperAir {
  const height = heightGpm(synoptic, 0);
  const cold = heightGpm(synoptic, COLD_LAG_DEG);
  return {
    heightGpm: spread(Float32Array.from(height), FINE),
    temperatureK: spread(Float32Array.from(cold, (gpm) => MEAN_K + (gpm - MEAN_GPM) / GPM_PER_K), FINE),
    vorticityPerS: withStreaks(spread(vorticityPerS(height), FINE), synoptic),
  };
}

/**
 * Computes the height, high in the south and low in the north, with a jet between that swings around the trough behind
 * each low and the ridge ahead of it, and short waves in it. The height is on the coarse points and in double
 * precision, because vorticity is its second derivative.
 */
function heightGpm({ eastOfLowDeg, presence }: Synoptic, lagDeg: number): Float64Array {
  return Float64Array.from(COARSE_PLACES.latDeg, (lat, i) => {
    const east = eastOfLowDeg[i]! + TROUGH_LAG_DEG + lagDeg;
    const phase = 2 * Math.PI * east / WAVE_DEG;
    const swing = (4.6 * Math.cos(phase) + 0.9 * Math.cos(2 * phase)) * Math.exp(-(((lat - 41) / 17) ** 2));
    const north = lat - JET_LAT_DEG + swing;
    const jet = MEAN_GPM - 165 * Math.tanh(north / 6) - 7.5 * north;
    // Elongated along the flow, where `north` is constant.
    const shortWave = (eastDeg: number, northDeg: number, depthGpm: number, lengthDeg: number, widthDeg: number) =>
      depthGpm * bell((east - eastDeg) / lengthDeg) * bell((north - northDeg) / widthDeg);
    const shortWaves = shortWave(1, 1, 34, 5, 3.2) + shortWave(-9, 4, 15, 6, 2.2) + shortWave(12, 3.5, 13, 6, 2.2);
    return jet - presence[i]! * shortWaves;
  });
}

const GRAVITY_M_S2 = 9.81;

/**
 * Computes the vorticity of the wind in balance with the height, plus the earth's. The plane is treated as true to
 * scale.
 */
function vorticityPerS(height: Float64Array): Values {
  const { eastward, northward } = slopesOf(height);
  const [alongEast, alongNorth] = [slopesOf(eastward).eastward, slopesOf(northward).northward];
  return Float32Array.from(COARSE_PLACES.latDeg, (lat, i) => {
    const coriolis = coriolisPerS(lat);
    return coriolis + GRAVITY_M_S2 / coriolis * (alongEast[i]! + alongNorth[i]!);
  });
}

const STREAK_PER_S = 2.2e-5;

/** Adds the fine bands that a model of 3 km resolves, elongated along the flow. */
function withStreaks(vorticity: Values, { travelledKm }: Synoptic): Values {
  for (let row = 0, i = 0; row < FINE.height; row++) {
    const y = row * FINE.spacingKm;
    for (let column = 0; column < FINE.width; column++, i++) {
      const x = column * FINE.spacingKm - travelledKm;
      const meander = 0.8 * noise(x / 700, y / 700);
      const strength = clamp(vorticity[i]! / 1.5e-4, 0.3, 1);
      vorticity[i] = vorticity[i]! + STREAK_PER_S * strength * noise(x / 260, y / 75 + meander);
    }
  }
  return vorticity;
}
