import type { Field } from "./field.ts";

/** Kinds of precipitation, from the least to the most hazardous. A tie goes to the later one. */
export const PRECIPITATION_TYPES = ["rain", "snow", "ice pellets", "freezing rain"] as const;
export type PrecipitationType = typeof PRECIPITATION_TYPES[number];

/** Below this there is no echo worth a type. */
export const MIN_ECHO_DBZ = 5;
const MAX_CODED_DBZ = 99;
const FREEZING_K = 273.15;
/** Room for two digits of dBZ below the type. */
const CODES_PER_TYPE = 100;

/** Fields on one grid: reflectivity in dBZ, a mask of 0 to 1 for each type, 2 m temperature in K. */
export interface RadarPtypeInput {
  readonly reflectivityDbz: Field;
  readonly masks: Readonly<Record<PrecipitationType, Field>>;
  readonly temperatureK: Field;
}

export interface RadarPtype {
  /** Codes of `ptypeCode`, 0 where there is no echo, NaN where an input is missing. */
  readonly field: Field;
  /** Share of the cells with an echo whose type no mask gave, and temperature had to. */
  readonly inferredShare: number;
}

/** One number for a type and an intensity: 100 × (1 + place in PRECIPITATION_TYPES) + whole dBZ. */
export function ptypeCode(type: PrecipitationType, dbz: number): number {
  return (PRECIPITATION_TYPES.indexOf(type) + 1) * CODES_PER_TYPE + Math.min(Math.floor(dbz), MAX_CODED_DBZ);
}

/**
 * Radar reflectivity by type of precipitation. Where the echo is at least 5 dBZ the type is that of the largest mask; a
 * tie goes to the more hazardous type. Where no mask is set, it is rain above freezing at 2 m, and snow otherwise.
 * @throws RangeError when the fields are not on one grid
 */
export function radarPtype({ reflectivityDbz, masks, temperatureK }: RadarPtypeInput): RadarPtype {
  const { width, height, values: echo } = reflectivityDbz;
  const byType = PRECIPITATION_TYPES.map((type) => masks[type]);
  for (const other of [...byType, temperatureK]) {
    if (other.width !== width || other.height !== height) {
      throw new RangeError(`Cannot combine fields of ${width} × ${height} and ${other.width} × ${other.height}`);
    }
  }
  const codes = new Float32Array(echo.length);
  let echoes = 0;
  let inferred = 0;
  for (let i = 0; i < echo.length; i++) {
    const dbz = echo[i]!;
    if (byType.some(({ values }) => Number.isNaN(values[i]!)) || Number.isNaN(dbz)) {
      codes[i] = NaN;
      continue;
    }
    if (dbz < MIN_ECHO_DBZ) continue; // 0: no echo
    let winner = -1;
    let largest = 0;
    byType.forEach(({ values }, type) => {
      if (values[i]! > 0 && values[i]! >= largest) {
        largest = values[i]!;
        winner = type;
      }
    });
    echoes++;
    if (winner === -1) {
      const kelvin = temperatureK.values[i]!;
      if (Number.isNaN(kelvin)) {
        codes[i] = NaN;
        continue;
      }
      inferred++;
      winner = PRECIPITATION_TYPES.indexOf(kelvin > FREEZING_K ? "rain" : "snow");
    }
    codes[i] = ptypeCode(PRECIPITATION_TYPES[winner]!, dbz);
  }
  return { field: { width, height, values: codes }, inferredShare: echoes === 0 ? 0 : inferred / echoes };
}
