import type { Field } from "../field/field.ts";

/** Types for which models publish a yes-or-no field, from the least to the most hazardous. */
export const MASKED_TYPES = ["rain", "snow", "ice pellets", "freezing rain"] as const;
export type MaskedType = typeof MASKED_TYPES[number];

/** All types, in the order of their codes; new types are appended, so that codes keep their meaning. */
export const PRECIPITATION_TYPES = [...MASKED_TYPES, "mixed rain and snow", "echo aloft"] as const;
export type PrecipitationType = typeof PRECIPITATION_TYPES[number];

const placeOf = (type: PrecipitationType) => PRECIPITATION_TYPES.indexOf(type);
const RAIN = placeOf("rain");
const SNOW = placeOf("snow");
const MIXED = placeOf("mixed rain and snow");
const ALOFT = placeOf("echo aloft");

const FREEZING_K = 273.15;
/** Codes of each type: the last two digits are the intensity. */
const CODES_PER_TYPE = 100;

/** Returns the code of a type, by its index in PRECIPITATION_TYPES, and an intensity of 0 to 99. Code 0 is dry. */
export function ptypeCode(type: number, intensity: number): number {
  return (type + 1) * CODES_PER_TYPE + intensity;
}

/** Returns a cell's index in PRECIPITATION_TYPES; null when the source gives no type, NaN when it is missing. */
export type TypeAt = (cell: number) => number | null;

/**
 * Reads types from masks of 0 to 1, fractions included. The largest mask gives the type. Of equal masks the more
 * hazardous one does, but equal masks of rain and snow are a mixture of both.
 */
export function typeOfMasks(masks: Readonly<Record<MaskedType, Field>>): TypeAt {
  const values = MASKED_TYPES.map((type) => masks[type].values);
  return (cell) => {
    let winner: number | null = null;
    let largest = 0;
    for (let type = 0; type < values.length; type++) {
      const share = values[type]![cell]!;
      if (share !== share) return NaN;
      if (share > 0 && share >= largest) {
        largest = share;
        winner = type;
      }
    }
    if (winner === SNOW && values[RAIN]![cell] === largest) return MIXED;
    return winner;
  };
}

/** Types of the codes of GRIB2 code table 4.201. Code 0, and kinds without a type here such as hail, have no entry. */
const TYPE_OF_CODE: Readonly<Record<number, PrecipitationType>> = {
  1: "rain",
  2: "rain", // thunderstorm
  3: "freezing rain",
  4: "ice pellets", // mixed, ice
  5: "snow",
  6: "snow", // wet snow
  7: "mixed rain and snow",
  8: "ice pellets",
  9: "ice pellets", // graupel
  11: "rain", // drizzle
  12: "freezing rain", // freezing drizzle
};

/** Reads types from a field of codes of table 4.201. */
export function typeOfCodes({ values }: Field): TypeAt {
  const types = Array.from({ length: 256 }, (_, code) => {
    const type = TYPE_OF_CODE[code];
    return type === undefined ? null : PRECIPITATION_TYPES.indexOf(type);
  });
  return (cell) => {
    const code = values[cell]!;
    return code !== code ? NaN : types[Math.round(code)] ?? null;
  };
}

/** Intensities with their types, and the share of types that were not given. @see CodeByTypeInput */
export interface TypedIntensity {
  /** Codes of `ptypeCode`: 0 where it is dry, NaN where an input that the cell needs is missing. */
  readonly field: Field;
  /** Share of the cells with precipitation at the ground whose type was inferred from the temperature. */
  readonly inferredShare: number;
}

/** The input of `codeByType`: an intensity in its own unit, and the type of each cell. All fields are on one grid. */
export interface CodeByTypeInput {
  readonly intensity: Field;
  /** Lowest intensity that is not dry, for all types. */
  readonly least: number;
  /** Returns 0 to 99 for an intensity of at least `least`, or null when the intensity is dry for that type. */
  levelOf(intensity: number, type: number): number | null;
  readonly typeAt: TypeAt;
  readonly temperatureK: Field;
  /** Rate at the ground in any unit, for echoes only: where the rate is zero, an echo without a type is aloft. */
  readonly rate?: Field;
}

/**
 * Codes type and intensity of each cell. Where no type is given, precipitation that reaches the ground is rain above
 * freezing at 2 m and snow otherwise, and precipitation that does not is an echo aloft.
 */
export function codeByType(
  { intensity, least, levelOf, typeAt, temperatureK, rate }: CodeByTypeInput,
): TypedIntensity {
  const { width, height, values } = intensity;
  const codes = new Float32Array(width * height);
  let atGround = 0;
  let inferred = 0;
  for (let cell = 0; cell < codes.length; cell++) {
    const value = values[cell]!;
    const given = typeAt(cell);
    if (value !== value || given !== given) { // NaN
      codes[cell] = NaN;
      continue;
    }
    if (value < least) continue; // 0: dry
    const kelvin = temperatureK.values[cell]!;
    const falling = rate?.values[cell] ?? Infinity;
    const isAloft = given === null && falling <= 0;
    if (given === null && (falling !== falling || (!isAloft && kelvin !== kelvin))) {
      codes[cell] = NaN;
      continue;
    }
    const type = given ?? (isAloft ? ALOFT : kelvin > FREEZING_K ? RAIN : SNOW);
    const level = levelOf(value, type);
    if (level === null) continue;
    if (!isAloft) atGround++;
    if (given === null && !isAloft) inferred++;
    codes[cell] = ptypeCode(type, level);
  }
  return { field: { width, height, values: codes }, inferredShare: atGround === 0 ? 0 : inferred / atGround };
}
