import type { Field } from "../field/field.ts";

/** Kinds that models have a yes-or-no field of, from the least to the most hazardous. */
export const MASKED_TYPES = ["rain", "snow", "ice pellets", "freezing rain"] as const;
export type MaskedType = typeof MASKED_TYPES[number];

/** All kinds, in the order of their codes; new ones are appended, so that a code keeps its meaning. */
export const PRECIPITATION_TYPES = [...MASKED_TYPES, "mixed rain and snow", "echo aloft"] as const;
export type PrecipitationType = typeof PRECIPITATION_TYPES[number];

const placeOf = (type: PrecipitationType) => PRECIPITATION_TYPES.indexOf(type);
const RAIN = placeOf("rain");
const SNOW = placeOf("snow");
const MIXED = placeOf("mixed rain and snow");
const ALOFT = placeOf("echo aloft");

const FREEZING_K = 273.15;
/** Room for two digits of intensity below the type. */
const CODES_PER_TYPE = 100;

/** One number for a type, by its place among PRECIPITATION_TYPES, and an intensity of 0 to 99. 0 is nothing. */
export function ptypeCode(type: number, intensity: number): number {
  return (type + 1) * CODES_PER_TYPE + intensity;
}

/** Place among PRECIPITATION_TYPES, or null where no type is given; NaN where it is missing. */
export type TypeAt = (cell: number) => number | null;

/**
 * The type of the largest mask; a tie goes to the more hazardous, but rain and snow alike are a mixture of both. Masks are
 * of 0 to 1, fractions included.
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

/** GRIB2 code table 4.201 to our types; 0 (and what has no type here, such as hail) gives none. */
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

/** The type that a field of codes of table 4.201 gives. */
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

/** Intensities with the type of each, and how many types were not given. @see CodeByTypeInput */
export interface TypedIntensity {
  /** Codes of `ptypeCode`, 0 where there is nothing, NaN where an input is missing. */
  readonly field: Field;
  /** Share of the cells with precipitation at the ground whose type temperature had to give. */
  readonly inferredShare: number;
}

/** What to code: an intensity in its own unit, and the type of each cell. Fields are on one grid. */
export interface CodeByTypeInput {
  readonly intensity: Field;
  /** Below this nothing falls, whatever the type. */
  readonly least: number;
  /** 0 to 99 for an intensity of at least `least`, or null when it is too little of that type. */
  levelOf(intensity: number, type: number): number | null;
  readonly typeAt: TypeAt;
  readonly temperatureK: Field;
  /** Rate at the ground, of any unit: where none falls, an echo without a type is one aloft. Not given for rates. */
  readonly rate?: Field;
}

/**
 * Codes of type and intensity. Where no type is given, what reaches the ground is rain above freezing at 2 m and snow
 * otherwise, and what does not is an echo aloft.
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
    if (value < least) continue; // 0: nothing falls
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
