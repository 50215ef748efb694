import assert from "node:assert/strict";
import { field } from "../field/field.ts";
import {
  codeByType,
  type CodeByTypeInput,
  MASKED_TYPES,
  type MaskedType,
  PRECIPITATION_TYPES,
  ptypeCode,
  typeOfCodes,
  typeOfMasks,
} from "./precipitation_type.ts";

const of = (...values: number[]) => field(values.length, 1, Float32Array.from(values));
const [RAIN, SNOW, PELLETS, FREEZING, MIXED] = [0, 1, 2, 3, 4] as const;

type Masks = Partial<Record<MaskedType, number>>;

/** Returns the type of each cell from its masks; a mask that is not given is 0. */
function typesOfMasks(...cells: Masks[]): (number | null)[] {
  const mask = (type: MaskedType) => of(...cells.map((masks) => masks[type] ?? 0));
  const typeAt = typeOfMasks({
    "rain": mask("rain"),
    "snow": mask("snow"),
    "ice pellets": mask("ice pellets"),
    "freezing rain": mask("freezing rain"),
  });
  return cells.map((_, cell) => typeAt(cell));
}

Deno.test("PRECIPITATION_TYPES are in the order of their codes", () => {
  assert.deepEqual(PRECIPITATION_TYPES, [
    "rain",
    "snow",
    "ice pellets",
    "freezing rain",
    "mixed rain and snow",
    "echo aloft",
  ]);
  assert.deepEqual(
    [ptypeCode(RAIN, 0), ptypeCode(SNOW, 7), ptypeCode(PELLETS, 42), ptypeCode(FREEZING, 99)],
    [
      [100, 207],
      [342, 499],
    ].flat(),
  );
});

Deno.test("typeOfMasks() returns the type of the only mask, and no type without a mask", () => {
  assert.deepEqual(
    typesOfMasks({ "rain": 1 }, { "snow": 1 }, { "ice pellets": 1 }, { "freezing rain": 1 }, {}),
    [RAIN, SNOW, PELLETS, FREEZING, null],
  );
  assert.deepEqual(typesOfMasks({ rain: -0, snow: 0 }, { rain: -1 }, { snow: 1e-6 }), [null, null, SNOW]);
});

Deno.test("typeOfMasks() returns the type of the largest mask", () => {
  assert.deepEqual(
    typesOfMasks(
      { "rain": 0.6, "freezing rain": 0.5 },
      { "snow": 0.9, "ice pellets": 0.89, "freezing rain": 0.1 },
      { "rain": 0.2, "snow": 0.3, "ice pellets": 0.1 },
    ),
    [RAIN, SNOW, SNOW],
  );
});

Deno.test("typeOfMasks() returns the more hazardous of equal masks, and a mixture when rain and snow are equal", () => {
  assert.deepEqual(
    typesOfMasks(
      { "rain": 1, "snow": 1 },
      { "rain": 1, "ice pellets": 1 },
      { "rain": 1, "freezing rain": 1 },
      { "snow": 0.5, "ice pellets": 0.5 },
      { "snow": 1, "freezing rain": 1 },
      { "ice pellets": 1, "freezing rain": 1 },
      { "rain": 1, "snow": 1, "ice pellets": 1, "freezing rain": 1 },
      { "rain": 1, "snow": 1, "ice pellets": 0.5 },
      { "rain": 0.4, "snow": 0.5 },
    ),
    [MIXED, PELLETS, FREEZING, PELLETS, FREEZING, FREEZING, FREEZING, MIXED, SNOW],
  );
});

Deno.test("typeOfMasks() is missing where any mask is missing, even when another mask is set", () => {
  for (const type of MASKED_TYPES) {
    assert.deepEqual(typesOfMasks({ [type]: NaN }, { "rain": 1, "freezing rain": 1, [type]: NaN }), [NaN, NaN], type);
  }
});

/** GRIB2 code table 4.201. */
const TABLE_4_201: Readonly<Record<number, number | null>> = {
  0: null, // reserved; ECMWF: no precipitation
  1: RAIN,
  2: RAIN, // thunderstorm
  3: FREEZING,
  4: PELLETS, // mixed, ice
  5: SNOW,
  6: SNOW, // wet snow
  7: MIXED, // rain and snow
  8: PELLETS,
  9: PELLETS, // graupel
  10: null, // hail
  11: RAIN, // drizzle
  12: FREEZING, // freezing drizzle
};

Deno.test("typeOfCodes() returns the type of each code of table 4.201, and no type for other codes", () => {
  const codes = Array.from({ length: 256 }, (_, code) => code);
  const typeAt = typeOfCodes(of(...codes));
  assert.deepEqual(codes.map(typeAt), codes.map((code) => TABLE_4_201[code] ?? null));
});

Deno.test("typeOfCodes() rounds codes that packing has changed, and has no type for codes out of the table", () => {
  const typeAt = typeOfCodes(of(2.999, 3.001, 4.51, -0, -0.2, -1, 300, NaN));
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7].map(typeAt), [FREEZING, FREEZING, SNOW, null, null, null, null, NaN]);
});

/** Codes intensities from 5 on by their tens; rain below 10 is dry. */
function code(input: Partial<CodeByTypeInput> & Pick<CodeByTypeInput, "intensity">) {
  const { field, inferredShare } = codeByType({
    least: 5,
    levelOf: (intensity, type) => type === RAIN && intensity < 10 ? null : Math.floor(intensity / 10),
    typeAt: () => SNOW,
    temperatureK: of(...Array.from(input.intensity.values, () => 280)),
    ...input,
  });
  return { codes: [...field.values], inferredShare };
}

Deno.test("codeByType() codes type and level of intensities from the least one on", () => {
  assert.deepEqual(code({ intensity: of(4.99, 5, 20, 995, 0, -3) }), {
    codes: [0, 200, 202, 299, 0, 0],
    inferredShare: 0,
  });
});

Deno.test("codeByType() uses the type of each cell", () => {
  const types = [RAIN, SNOW, PELLETS, FREEZING];
  assert.deepEqual(code({ intensity: of(30, 30, 30, 30), typeAt: (cell) => types[cell]! }).codes, [103, 203, 303, 403]);
});

Deno.test("codeByType() infers rain above freezing and snow otherwise where no type is given", () => {
  const above = Math.fround(273.16);
  const freezing = Math.fround(273.15); // a little less than 273.15
  const { codes, inferredShare } = code({
    intensity: of(10, 10, 10, 10),
    typeAt: (cell) => cell === 3 ? FREEZING : null,
    temperatureK: of(above, freezing, 250, 290),
  });
  assert.deepEqual(codes, [101, 201, 201, 401]);
  assert.equal(inferredShare, 0.75);
});

Deno.test("codeByType() is dry where the intensity is too low for its type", () => {
  const { codes, inferredShare } = code({
    intensity: of(9, 9, 9, 10),
    typeAt: (cell) => [RAIN, SNOW, null, RAIN][cell]!,
  });
  assert.deepEqual(codes, [0, 200, 0, 101]);
  assert.equal(inferredShare, 0, "the inferred one is dry");
});

Deno.test("codeByType() counts inferred types among the wet cells only", () => {
  const typeAt = (cell: number) => cell === 1 ? SNOW : null;
  assert.equal(code({ intensity: of(50, 50, 0, 1, 2), typeAt }).inferredShare, 0.5);
  const tooLittle = code({ intensity: of(50, 50, 9, 9), typeAt: (cell) => [null, SNOW, RAIN, null][cell]! });
  assert.equal(tooLittle.inferredShare, 0.5, "too little rain is dry");
  assert.equal(code({ intensity: of(0, 0, 4), typeAt }).inferredShare, 0, "no wet cell");
  assert.equal(code({ intensity: of(50), typeAt }).inferredShare, 1);
});

Deno.test("codeByType() is missing without an intensity, a type, or the temperature to infer a type", () => {
  const { codes, inferredShare } = code({
    intensity: of(NaN, 20, 20, 20, 0, NaN, 0),
    levelOf: () => 2,
    typeAt: (cell) => [SNOW, NaN, null, SNOW, null, null, NaN][cell]!,
    temperatureK: of(280, 280, NaN, NaN, NaN, NaN, 280),
  });
  assert.deepEqual(codes, [NaN, NaN, NaN, 202, 0, NaN, NaN]);
  assert.equal(inferredShare, 0);
});

Deno.test("codeByType() keeps the shape and does not change its input", () => {
  const intensity = field(2, 2, Float32Array.of(0, 10, 20, 30));
  const { field: codes } = codeByType({
    intensity,
    least: 5,
    levelOf: () => 1,
    typeAt: () => RAIN,
    temperatureK: field(2, 2, new Float32Array(4)),
  });
  assert.deepEqual([codes.width, codes.height, ...codes.values], [2, 2, 0, 101, 101, 101]);
  assert.deepEqual([...intensity.values], [0, 10, 20, 30]);
});
