import { COARSE_PLACES, FINE, spread, type Values } from "./hrrr_grid.ts";
import { noise } from "./noise.ts";
import { terrainOn } from "./terrain.ts";

/** Degrees of latitude that have the same effect on winter as a kilometre of height. */
const DEG_PER_KM = 4.6;
const SNOW_LINE_DEG = 45;
const SNOW_M_PER_DEG = 0.045;

/** Computes the snow on the ground before the run, m: in the north and on mountains, in patches. */
export function oldSnowM(): Values {
  const latitude = spread(Float32Array.from(COARSE_PLACES.latDeg), FINE);
  const { land, elevationM } = terrainOn(FINE);
  const values = new Float32Array(latitude.length);
  for (let row = 0, i = 0; row < FINE.height; row++) {
    const y = row * FINE.spacingKm;
    for (let column = 0; column < FINE.width; column++, i++) {
      const x = column * FINE.spacingKm;
      const winter = latitude[i]! + DEG_PER_KM * elevationM[i]! / 1000 - SNOW_LINE_DEG +
        2 * noise(x / 280 + 9, y / 280);
      if (winter <= 0 || land[i]! < 0.5) continue;
      const patches = 1 + 0.45 * noise(x / 80, y / 80 + 2) + 0.18 * noise(x / 22, y / 22 + 19);
      values[i] = Math.max(0, SNOW_M_PER_DEG * winter * patches);
    }
  }
  return values;
}
