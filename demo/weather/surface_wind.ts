import { slopesOf } from "./coarse_slopes.ts";
import { clamp, length } from "./curves.ts";
import { COARSE_PLACES, coriolisPerS, FINE, radians, spread, type Values } from "./hrrr_grid.ts";
import { noise } from "./noise.ts";
import type { Synoptic } from "./synoptic.ts";
import { terrainOn } from "./terrain.ts";

/** Components along the grid's axes, as HRRR has them, m s-1. */
export interface Wind {
  readonly u: Values;
  readonly v: Values;
}

const AIR_KG_M3 = 1.18;
/**
 * Upper limit of the balanced wind: around a low, the wind is slower than the slope of the pressure alone would make
 * it.
 */
const FASTEST_M_S = 58;

/** Computes the wind in balance with pressure and the earth's rotation, on the coarse points. */
function balancedWind(pressurePa: Float64Array): Wind {
  const { latDeg } = COARSE_PLACES;
  const { eastward, northward } = slopesOf(pressurePa);
  const u = new Float32Array(pressurePa.length);
  const v = new Float32Array(pressurePa.length);
  for (let i = 0; i < u.length; i++) {
    const coriolis = coriolisPerS(latDeg[i]!);
    const alongGrid = -northward[i]! / (AIR_KG_M3 * coriolis);
    const acrossGrid = eastward[i]! / (AIR_KG_M3 * coriolis);
    const calming = 1 / (1 + length(alongGrid, acrossGrid) / FASTEST_M_S);
    u[i] = calming * alongGrid;
    v[i] = calming * acrossGrid;
  }
  return { u, v };
}

/** Parts of the balanced wind that friction leaves at 10 m, as shares along it and across towards low pressure. */
const OVER_SEA = drag(0.78, 14);
const OVER_LAND = drag(0.5, 28);

function drag(share: number, inflowDeg: number): { readonly along: number; readonly across: number } {
  return { along: share * Math.cos(radians(inflowDeg)), across: share * Math.sin(radians(inflowDeg)) };
}

/** Computes the wind at 10 m: the balanced wind, slowed and turned by the ground, gusty on mountains. */
export function surfaceWind(pressurePa: Float64Array): Wind {
  const balanced = balancedWind(pressurePa);
  const [u, v] = [spread(balanced.u, FINE), spread(balanced.v, FINE)];
  const { land, elevationM } = terrainOn(FINE);
  for (let row = 0, i = 0; row < FINE.height; row++) {
    const y = row * FINE.spacingKm;
    for (let column = 0; column < FINE.width; column++, i++) {
      const x = column * FINE.spacingKm;
      const onLand = land[i]!;
      const high = clamp(elevationM[i]! / 1800, 0, 1.4);
      const eddy = noise(x / 60, y / 60 + 33);
      const ripple = noise(x / 21, y / 21 + 4);
      const freedom = 1 + 0.14 * eddy + high * (0.1 + 0.35 * ripple);
      const along = freedom * (OVER_SEA.along + (OVER_LAND.along - OVER_SEA.along) * onLand);
      const across = OVER_SEA.across + (OVER_LAND.across - OVER_SEA.across) * onLand;
      const [east, north] = [u[i]!, v[i]!];
      u[i] = along * east - across * north + (0.4 + 1.2 * high) * ripple;
      v[i] = along * north + across * east + (0.4 + 1.2 * high) * eddy;
    }
  }
  return { u, v };
}

/** Weakest echo with squalls. */
const SQUALL_DBZ = 38;

/**
 * Computes gusts, m s-1: stronger than the wind, most of all behind the cold front, on mountains, by day and under
 * storms.
 */
export function gustMs({ u, v }: Wind, reflectivityDbz: Values, synoptic: Synoptic): Values {
  const { coldAir, daily } = synoptic;
  const mixing = spread(coldAir.map((cold, i) => 0.5 * cold + 0.12 * daily[i]!), FINE);
  const { land, elevationM } = terrainOn(FINE);
  return u.map((east, i) => {
    const relief = clamp(elevationM[i]! / 2500, 0, 1);
    const factor = 1.22 + (0.28 + mixing[i]!) * land[i]! + 0.12 * relief;
    const squall = clamp((reflectivityDbz[i]! - SQUALL_DBZ) / 16, 0, 1.2);
    return factor * length(east, v[i]!) + 0.6 + 1.5 * relief + 8 * squall;
  });
}
