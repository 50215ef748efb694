import { type Field, requireSameShape } from "./field.ts";
import { codeByType, type PrecipitationType, type TypedIntensity, typeOfMasks } from "./precipitation_type.ts";

/** Below this there is no echo worth a type. */
export const MIN_ECHO_DBZ = 5;
export const MAX_CODED_DBZ = 99;

/** Fields on one grid: reflectivity in dBZ, a mask of 0 to 1 for each type, 2 m temperature in K. */
export interface RadarPtypeInput {
  readonly reflectivityDbz: Field;
  readonly masks: Readonly<Record<PrecipitationType, Field>>;
  readonly temperatureK: Field;
}

/**
 * Radar reflectivity by type of precipitation, in codes with whole dBZ. Where the echo is at least 5 dBZ the type is that
 * of the largest mask, or of the temperature where no mask is set.
 * @throws RangeError when the fields are not on one grid
 */
export function radarPtype({ reflectivityDbz, masks, temperatureK }: RadarPtypeInput): TypedIntensity {
  requireSameShape(reflectivityDbz, ...Object.values(masks), temperatureK);
  return codeByType({
    intensity: reflectivityDbz,
    least: MIN_ECHO_DBZ,
    levelOf: (dbz) => Math.min(Math.floor(dbz), MAX_CODED_DBZ),
    typeAt: typeOfMasks(masks),
    temperatureK,
  });
}
