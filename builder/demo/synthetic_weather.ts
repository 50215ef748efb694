import type { Field } from "../fields/field.ts";
import { FINE, HRRR_GRID, spread, type Values } from "./hrrr_grid.ts";
import { capeJKg, dewPointK, relativeHumidityPercent } from "./moisture.ts";
import { FALLING, fallingAt, precipitationRate } from "./precipitation.ts";
import { reflectivityDbz } from "./reflectivity.ts";
import { seaLevelPressurePa } from "./sea_level_pressure.ts";
import { cloudPercent, visibilityM } from "./sky.ts";
import { oldSnowM } from "./snow_cover.ts";
import { gustMs, surfaceWind } from "./surface_wind.ts";
import { synopticAt } from "./synoptic.ts";
import { temperatureK } from "./temperature.ts";
import { upperAirAt } from "./upper_air.ts";

export { HRRR_GRID, lambertToLonLat } from "./hrrr_grid.ts";

/** Fields of one made-up hour on the HRRR grid, in SI units, that belong together. */
export interface SyntheticWeather {
  readonly temperatureK: Field;
  readonly dewPointK: Field;
  readonly relativeHumidityPercent: Field;
  /** Towards true east and north. */
  readonly windUMs: Field;
  readonly windVMs: Field;
  readonly gustMs: Field;
  readonly seaLevelPressurePa: Field;
  readonly reflectivityDbz: Field;
  /** kg m-2 s-1 */
  readonly precipitationRate: Field;
  /** 0 or 1, as models give them. */
  readonly rain: Field;
  readonly snow: Field;
  readonly icePellets: Field;
  readonly freezingRain: Field;
  readonly cloudPercent: Field;
  readonly visibilityM: Field;
  readonly capeJKg: Field;
  /** On the ground, without what a run let fall. */
  readonly oldSnowM: Field;
  readonly height500Gpm: Field;
  readonly temperature500K: Field;
  /** Absolute, s-1 */
  readonly vorticity500: Field;
}

/**
 * A made-up hour: colder to the north and on high ground, warmer by day, with a low and its cold front that cross the
 * continent from west to east in about two days: south-westerly, moist air ahead of it, north-westerly, dry air behind,
 * showers along it, and rain, ice and snow around the low. Nobody's forecast.
 */
export function syntheticWeather(time: Date): SyntheticWeather {
  const synoptic = synopticAt(time);
  const temperature = temperatureK(FINE, synoptic);
  const reflectivity = reflectivityDbz(FINE, synoptic);
  const falling = fallingAt(FINE, synoptic, reflectivity, temperature);
  const rate = precipitationRate(reflectivity, falling);
  const dewPoint = dewPointK(temperature, reflectivity, synoptic);
  const humidity = relativeHumidityPercent(temperature, dewPoint);
  const pressure = seaLevelPressurePa(synoptic);
  const wind = surfaceWind(pressure);
  const upper = upperAirAt(synoptic);
  return {
    temperatureK: onGrid(temperature),
    dewPointK: onGrid(dewPoint),
    relativeHumidityPercent: onGrid(humidity),
    windUMs: onGrid(wind.u),
    windVMs: onGrid(wind.v),
    gustMs: onGrid(gustMs(wind, reflectivity, synoptic)),
    seaLevelPressurePa: onGrid(spread(Float32Array.from(pressure), FINE)),
    reflectivityDbz: onGrid(reflectivity),
    precipitationRate: onGrid(rate),
    rain: maskOf(falling, FALLING.rain),
    snow: maskOf(falling, FALLING.snow),
    icePellets: maskOf(falling, FALLING.icePellets),
    freezingRain: maskOf(falling, FALLING.freezingRain),
    cloudPercent: onGrid(cloudPercent(reflectivity, humidity, synoptic)),
    visibilityM: onGrid(visibilityM(humidity, rate, falling)),
    capeJKg: onGrid(capeJKg(temperature, dewPoint, synoptic)),
    oldSnowM: onGrid(oldSnowM()),
    height500Gpm: onGrid(upper.heightGpm),
    temperature500K: onGrid(upper.temperatureK),
    vorticity500: onGrid(upper.vorticityPerS),
  };
}

/** 1 where this kind falls, and 0 elsewhere. */
function maskOf(falling: Uint8Array, kind: number): Field {
  const values = new Float32Array(falling.length);
  for (let i = 0; i < values.length; i++) values[i] = falling[i] === kind ? 1 : 0;
  return onGrid(values);
}

function onGrid(values: Values): Field {
  return { width: HRRR_GRID.width, height: HRRR_GRID.height, values };
}
