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
  const temperature = once(() => temperatureK(FINE, synoptic));
  const reflectivity = once(() => reflectivityDbz(FINE, synoptic));
  const falling = once(() => fallingAt(FINE, synoptic, reflectivity(), temperature()));
  const rate = once(() => precipitationRate(reflectivity(), falling()));
  const dewPoint = once(() => dewPointK(temperature(), reflectivity(), synoptic));
  const humidity = once(() => relativeHumidityPercent(temperature(), dewPoint()));
  const pressure = once(() => seaLevelPressurePa(synoptic));
  const wind = once(() => surfaceWind(pressure()));
  const upper = once(() => upperAirAt(synoptic));
  return {
    get temperatureK() {
      return onGrid(temperature());
    },
    get dewPointK() {
      return onGrid(dewPoint());
    },
    get relativeHumidityPercent() {
      return onGrid(humidity());
    },
    get windUMs() {
      return onGrid(wind().u);
    },
    get windVMs() {
      return onGrid(wind().v);
    },
    get gustMs() {
      return onGrid(gustMs(wind(), reflectivity(), synoptic));
    },
    get seaLevelPressurePa() {
      return onGrid(spread(Float32Array.from(pressure()), FINE));
    },
    get reflectivityDbz() {
      return onGrid(reflectivity());
    },
    get precipitationRate() {
      return onGrid(rate());
    },
    get rain() {
      return maskOf(falling(), FALLING.rain);
    },
    get snow() {
      return maskOf(falling(), FALLING.snow);
    },
    get icePellets() {
      return maskOf(falling(), FALLING.icePellets);
    },
    get freezingRain() {
      return maskOf(falling(), FALLING.freezingRain);
    },
    get cloudPercent() {
      return onGrid(cloudPercent(reflectivity(), humidity(), synoptic));
    },
    get visibilityM() {
      return onGrid(visibilityM(humidity(), rate(), falling()));
    },
    get capeJKg() {
      return onGrid(capeJKg(temperature(), dewPoint(), synoptic));
    },
    get oldSnowM() {
      return onGrid(oldSnowM());
    },
    get height500Gpm() {
      return onGrid(upper().heightGpm);
    },
    get temperature500K() {
      return onGrid(upper().temperatureK);
    },
    get vorticity500() {
      return onGrid(upper().vorticityPerS);
    },
  };
}

/** A field is made when it is asked for: an hour of all of them takes seconds. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => (made ??= { value: make() }).value;
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
