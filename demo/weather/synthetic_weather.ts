import type { Field } from "../../builder/field/field.ts";
import { FINE, HRRR_GRID, spread, type Values } from "./hrrr_grid.ts";
import { capeJKg, dewPointK, relativeHumidityPercent } from "./moisture.ts";
import { onDemand } from "./on_demand.ts";
import { FALLING, fallingAt, precipitationRate } from "./precipitation.ts";
import { reflectivityDbz } from "./reflectivity.ts";
import { seaLevelPressurePa } from "./sea_level_pressure.ts";
import { cloudPercent, visibilityM } from "./sky.ts";
import { oldSnowM } from "./snow_cover.ts";
import { gustMs, surfaceWind, type Wind } from "./surface_wind.ts";
import { synopticAt } from "./synoptic.ts";
import { temperatureK } from "./temperature.ts";
import { type UpperAir, upperAirAt } from "./upper_air.ts";

export { HRRR_GRID, lambertToLonLat } from "./hrrr_grid.ts";

/** Consistent fields of one synthetic hour on the HRRR grid, in SI units. */
export interface SyntheticWeather {
  readonly temperatureK: Field;
  readonly dewPointK: Field;
  readonly relativeHumidityPercent: Field;
  /** Components along the grid's axes, as HRRR has them. */
  readonly windUMs: Field;
  readonly windVMs: Field;
  readonly gustMs: Field;
  readonly seaLevelPressurePa: Field;
  readonly reflectivityDbz: Field;
  /** Rate, kg m-2 s-1. */
  readonly precipitationRate: Field;
  /** 0 or 1, as models give them. */
  readonly rain: Field;
  readonly snow: Field;
  readonly icePellets: Field;
  readonly freezingRain: Field;
  readonly cloudPercent: Field;
  readonly visibilityM: Field;
  readonly capeJKg: Field;
  /** Snow on the ground, without the snow that fell during the run. */
  readonly oldSnowM: Field;
  readonly height500Gpm: Field;
  readonly temperature500K: Field;
  /** Absolute vorticity, s-1. */
  readonly vorticity500: Field;
}

/** Intermediate results from which fields are made. */
interface Parts {
  readonly temperature: Values;
  readonly reflectivity: Values;
  readonly falling: Uint8Array;
  readonly rate: Values;
  readonly dewPoint: Values;
  readonly humidity: Values;
  readonly pressure: Float64Array;
  readonly wind: Wind;
  readonly upper: UpperAir;
}

/**
 * Computes a synthetic hour: colder to the north and on high ground, warmer by day, with a low and its cold front that
 * cross the continent from west to east in about two days: south-westerly, moist air ahead of it, north-westerly, dry
 * air behind, showers along it, and rain, ice and snow around the low. The result is no forecast.
 */
export function syntheticWeather(time: Date): SyntheticWeather {
  const synoptic = synopticAt(time);
  const parts: Parts = onDemand<Parts>({
    temperature: () => temperatureK(FINE, synoptic),
    reflectivity: () => reflectivityDbz(FINE, synoptic),
    falling: () => fallingAt(FINE, synoptic, parts.reflectivity, parts.temperature),
    rate: () => precipitationRate(parts.reflectivity, parts.falling),
    dewPoint: () => dewPointK(parts.temperature, parts.reflectivity, synoptic),
    humidity: () => relativeHumidityPercent(parts.temperature, parts.dewPoint),
    pressure: () => seaLevelPressurePa(synoptic),
    wind: () => surfaceWind(parts.pressure),
    upper: () => upperAirAt(synoptic),
  });
  return onDemand<SyntheticWeather>({
    temperatureK: () => onGrid(parts.temperature),
    dewPointK: () => onGrid(parts.dewPoint),
    relativeHumidityPercent: () => onGrid(parts.humidity),
    windUMs: () => onGrid(parts.wind.u),
    windVMs: () => onGrid(parts.wind.v),
    gustMs: () => onGrid(gustMs(parts.wind, parts.reflectivity, synoptic)),
    seaLevelPressurePa: () => onGrid(spread(Float32Array.from(parts.pressure), FINE)),
    reflectivityDbz: () => onGrid(parts.reflectivity),
    precipitationRate: () => onGrid(parts.rate),
    rain: () => maskOf(parts.falling, FALLING.rain),
    snow: () => maskOf(parts.falling, FALLING.snow),
    icePellets: () => maskOf(parts.falling, FALLING.icePellets),
    freezingRain: () => maskOf(parts.falling, FALLING.freezingRain),
    cloudPercent: () => onGrid(cloudPercent(parts.reflectivity, parts.humidity, synoptic)),
    visibilityM: () => onGrid(visibilityM(parts.humidity, parts.rate, parts.falling)),
    capeJKg: () => onGrid(capeJKg(parts.temperature, parts.dewPoint, synoptic)),
    oldSnowM: () => onGrid(oldSnowM()),
    height500Gpm: () => onGrid(parts.upper.heightGpm),
    temperature500K: () => onGrid(parts.upper.temperatureK),
    vorticity500: () => onGrid(parts.upper.vorticityPerS),
  });
}

/** Makes a mask: 1 where this kind falls, and 0 elsewhere. */
function maskOf(falling: Uint8Array, kind: number): Field {
  const values = new Float32Array(falling.length);
  for (let i = 0; i < values.length; i++) values[i] = falling[i] === kind ? 1 : 0;
  return onGrid(values);
}

function onGrid(values: Values): Field {
  return { width: HRRR_GRID.width, height: HRRR_GRID.height, values };
}
