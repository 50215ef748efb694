import assert from "node:assert/strict";
import { PRECIP_PTYPE } from "../style/ptype_palettes.ts";
import { field } from "../field/field.ts";
import { FALLING_TYPES, precipPtype, RATE_CLASSES_IN_H } from "./precip_ptype.ts";
import { ptypeCode, type TypeAt, typeOfCodes } from "./precipitation_type.ts";

const of = (...values: number[]) => field(values.length, 1, Float32Array.from(values));
const [RAIN, SNOW] = [0, 1];

/** Returns the codes of rates in in/h, all at one temperature. */
function codesOf(rates: readonly number[], typeAt: TypeAt, kelvin = 280): number[] {
  const temperatureK = of(...rates.map(() => kelvin));
  return [...precipPtype({ rateInH: of(...rates), typeAt, temperatureK }).field.values];
}

/** Returns the next lower single-precision number. */
function below(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer);
  bits[0]!--;
  return new Float32Array(bits.buffer)[0]!;
}

for (const [type, name] of FALLING_TYPES.entries()) {
  Deno.test(`precipPtype() begins each class of ${name} at its edge`, () => {
    const edges = RATE_CLASSES_IN_H[name];
    assert.deepEqual(codesOf(edges, () => type), edges.map((_, i) => ptypeCode(type, i)));
    assert.deepEqual(
      codesOf(edges.map(below), () => type),
      edges.map((_, i) => i === 0 ? 0 : ptypeCode(type, i - 1)),
    );
  });
}

Deno.test("RATE_CLASSES_IN_H ascend, and are at most 100 per type", () => {
  for (const edges of Object.values(RATE_CLASSES_IN_H)) {
    assert.ok(edges.every((edge, i) => edge > (edges[i - 1] ?? 0)));
    assert.ok(edges.length <= 100);
  }
});

Deno.test("precipPtype() returns the last class of a type for all higher rates", () => {
  assert.deepEqual(codesOf([5, 12, 1000], () => RAIN), [114, 114, 114]);
  assert.deepEqual(codesOf([0.3, 12, 1000], () => SNOW), [208, 208, 208]);
});

Deno.test("precipPtype() is dry below a type's first class, even when the rate is in another type's class", () => {
  assert.deepEqual(codesOf([0, -0, 0.004, 0.005, 0.0099, 0.01], () => RAIN), [0, 0, 0, 0, 0, 100]);
  assert.deepEqual(codesOf([0, -0, 0.004, 0.005, 0.0099, 0.01], () => SNOW), [0, 0, 0, 200, 200, 201]);
});

Deno.test("precipPtype() infers the type from the temperature where no type is given", () => {
  assert.deepEqual(codesOf([0.1, 0.007], () => null, 274), [103, 0]);
  assert.deepEqual(codesOf([0.1, 0.007], () => null, 273), [205, 200]);
});

Deno.test("precipPtype() counts inferred types among the cells with precipitation only", () => {
  const { field: codes, inferredShare } = precipPtype({
    rateInH: of(0.1, 0.1, 0.1, 0.1, 0, 0.007, 0.007),
    // In the last two cells the rate is too low for rain, given and inferred.
    typeAt: (cell) => [SNOW, RAIN, RAIN, null, null, RAIN, null][cell]!,
    temperatureK: of(...Array(7).fill(290)),
  });
  assert.deepEqual([...codes.values], [205, 103, 103, 103, 0, 0, 0]);
  assert.equal(inferredShare, 0.25);
});

Deno.test("precipPtype() accepts types from codes of table 4.201", () => {
  const typeAt = typeOfCodes(of(0, 1, 3, 5, 8, NaN));
  assert.deepEqual(codesOf([0.1, 0.1, 0.1, 0.1, 0.1, 0.1], typeAt, 260), [205, 103, 405, 205, 305, NaN]);
});

Deno.test("precipPtype() is missing where the rate, the type or a needed temperature is missing", () => {
  const { field: codes } = precipPtype({
    rateInH: of(NaN, 0.1, 0.1, 0.1),
    typeAt: (cell) => [RAIN, NaN, null, RAIN][cell]!,
    temperatureK: of(280, 280, NaN, NaN),
  });
  assert.deepEqual([...codes.values], [NaN, NaN, NaN, 103]);
});

Deno.test("precipPtype() refuses a rate and a temperature on two grids", () => {
  const input = { rateInH: of(0, 1), typeAt: () => RAIN, temperatureK: field(1, 2, new Float32Array(2)) };
  assert.throws(() => precipPtype(input), RangeError);
});

Deno.test("precipPtype() returns only codes within the range of the palette", () => {
  const highest = FALLING_TYPES.map((name, type) => ptypeCode(type, RATE_CLASSES_IN_H[name].length - 1));
  assert.ok(Math.max(...highest) <= PRECIP_PTYPE.max, String(highest));
  assert.ok(PRECIP_PTYPE.min <= 100);
});
