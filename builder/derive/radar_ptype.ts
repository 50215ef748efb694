import { type Field, requireSameShape } from "../field/field.ts";
import { codeByType, type MaskedType, type TypedIntensity, typeOfMasks } from "./precipitation_type.ts";

/** Lowest reflectivity of an echo that gets a type. */
export const MIN_ECHO_DBZ = 5;
export const MAX_CODED_DBZ = 99;

/** Fields on one grid: reflectivity in dBZ, a mask of 0 to 1 per type, a rate at the ground, 2 m temperature in K. */
export interface RadarPtypeInput {
  readonly reflectivityDbz: Field;
  readonly masks: Readonly<Record<MaskedType, Field>>;
  readonly rate: Field;
  readonly temperatureK: Field;
}

/**
 * Codes radar reflectivity with its type of precipitation and whole dBZ, from 5 dBZ on. The largest mask gives the
 * type. Where no mask is set, the echo is aloft when nothing reaches the ground, and otherwise the type is inferred
 * from the temperature.
 * @throws RangeError when the fields are not on one grid
 */
export function radarPtype({ reflectivityDbz, masks, rate, temperatureK }: RadarPtypeInput): TypedIntensity {
  requireSameShape(reflectivityDbz, ...Object.values(masks), rate, temperatureK);
  return codeByType({
    intensity: reflectivityDbz,
    least: MIN_ECHO_DBZ,
    levelOf: (dbz) => Math.min(Math.floor(dbz), MAX_CODED_DBZ),
    typeAt: typeOfMasks(masks),
    temperatureK,
    rate,
  });
}
