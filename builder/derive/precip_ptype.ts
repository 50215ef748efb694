import { type Field, requireSameShape } from "../field/field.ts";
import {
  codeByType,
  PRECIPITATION_TYPES,
  type PrecipitationType,
  type TypeAt,
  type TypedIntensity,
} from "./precipitation_type.ts";

/** Types that a rate can have: precipitation that does not reach the ground has no rate. */
export const FALLING_TYPES = PRECIPITATION_TYPES.filter((type) => type !== "echo aloft");
type FallingType = Exclude<PrecipitationType, "echo aloft">;

/** Lower edges of the classes of intensity, in/h of liquid water. A rate below the first edge of its type is dry. */
export const RATE_CLASSES_IN_H: Readonly<Record<FallingType, readonly number[]>> = {
  "rain": [0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.4, 0.6, 0.8, 1, 1.5, 2, 3, 4, 5],
  "snow": [0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.15, 0.2, 0.3],
  "ice pellets": [0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.15, 0.2, 0.3],
  "freezing rain": [0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.15, 0.2, 0.3],
  "mixed rain and snow": [0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.15, 0.2, 0.3],
};

/** Fields on one grid: rate in in/h, 2 m temperature in K, and the type of each cell. */
export interface PrecipPtypeInput {
  readonly rateInH: Field;
  readonly typeAt: TypeAt;
  readonly temperatureK: Field;
}

const EDGES = FALLING_TYPES.map((type) => Float32Array.from(RATE_CLASSES_IN_H[type]));
const LEAST_RATE_IN_H = Math.min(...EDGES.map((edges) => edges[0]!));

/**
 * Codes the rate of precipitation with its type and its class of intensity, counted from 0. The type is the given one,
 * or else inferred from the temperature. A rate below the first class of its type is dry.
 * @throws RangeError when rate and temperature are not on one grid
 */
export function precipPtype({ rateInH, typeAt, temperatureK }: PrecipPtypeInput): TypedIntensity {
  requireSameShape(rateInH, temperatureK);
  return codeByType({
    intensity: rateInH,
    least: LEAST_RATE_IN_H,
    levelOf: (rate, type) => classOf(EDGES[type]!, rate),
    typeAt,
    temperatureK,
  });
}

/** Returns the index of the last edge that is not above the rate, or null when the rate is below the first edge. */
function classOf(edges: Float32Array, rate: number): number | null {
  if (rate < edges[0]!) return null;
  let index = 0;
  while (index + 1 < edges.length && rate >= edges[index + 1]!) index++;
  return index;
}
