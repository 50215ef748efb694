import assert from "node:assert/strict";
import { field } from "../field/field.ts";
import { MASKED_TYPES, type MaskedType, PRECIPITATION_TYPES, ptypeCode } from "./precipitation_type.ts";
import { radarPtype } from "./radar_ptype.ts";

interface Cell {
  readonly dbz: number;
  readonly kelvin?: number;
  /** Rate at the ground, kg m-2 s-1. */
  readonly rate?: number;
  readonly masks?: Partial<Record<MaskedType, number>>;
}

function run(cells: readonly Cell[]) {
  const of = (value: (cell: Cell) => number) => field(cells.length, 1, Float32Array.from(cells, value));
  const mask = (type: MaskedType) => of(({ masks }) => masks?.[type] ?? 0);
  return radarPtype({
    reflectivityDbz: of(({ dbz }) => dbz),
    masks: {
      "rain": mask("rain"),
      "snow": mask("snow"),
      "ice pellets": mask("ice pellets"),
      "freezing rain": mask("freezing rain"),
    },
    rate: of(({ rate }) => rate ?? 1e-4),
    temperatureK: of(({ kelvin }) => kelvin ?? 280),
  });
}

Deno.test("radarPtype() returns each type where its mask is set", () => {
  const { field: codes, inferredShare } = run(MASKED_TYPES.map((type) => ({ dbz: 24.7, masks: { [type]: 1 } })));
  assert.deepEqual([...codes.values], [124, 224, 324, 424]);
  assert.equal(inferredShare, 0);
});

Deno.test("radarPtype() uses the largest mask, and of equal masks a mixture or the more hazardous", () => {
  const { field: codes } = run([
    { dbz: 30, masks: { "rain": 0.6, "freezing rain": 0.4 } },
    { dbz: 30, masks: { "rain": 1, "snow": 1 } },
    { dbz: 30, masks: { "rain": 1, "snow": 1, "ice pellets": 1 } },
    { dbz: 30, masks: { "rain": 1, "snow": 1, "ice pellets": 1, "freezing rain": 1 } },
  ]);
  assert.deepEqual([...codes.values], [130, 530, 330, 430]);
});

Deno.test("radarPtype() infers the type from temperature where no mask is set, and returns the share", () => {
  const { field: codes, inferredShare } = run([
    { dbz: 20, kelvin: 273.16 },
    { dbz: 20, kelvin: 273.15 },
    { dbz: 20, masks: { rain: 1 } },
    { dbz: 20, masks: { snow: 1 } },
    { dbz: 4.9, kelvin: 250 },
  ]);
  assert.deepEqual([...codes.values], [120, 220, 120, 220, 0]);
  assert.equal(inferredShare, 0.5);
});

Deno.test("radarPtype() is 0 below 5 dBZ, and missing where an input that it needs is missing", () => {
  const { field: codes } = run([
    { dbz: 4.999, masks: { rain: 1 } },
    { dbz: 5, masks: { rain: 1 } },
    { dbz: -10 },
    { dbz: NaN, masks: { rain: 1 } },
    { dbz: 20, masks: { rain: NaN } },
    { dbz: 20, kelvin: NaN },
    { dbz: 20, kelvin: NaN, masks: { snow: 1 } },
    { dbz: 120, masks: { rain: 1 } },
  ]);
  assert.deepEqual([...codes.values], [0, 105, 0, NaN, NaN, NaN, 220, 199]);
});

Deno.test("ptypeCode() has different codes for different types", () => {
  assert.deepEqual(PRECIPITATION_TYPES.map((_, place) => ptypeCode(place, 99)), [199, 299, 399, 499, 599, 699]);
});

Deno.test("radarPtype() has an echo aloft at any temperature where no mask is set and the rate is zero", () => {
  const { field: codes, inferredShare } = run([
    { dbz: 24.7, rate: 0 },
    { dbz: 24.7, rate: -1e-9, kelvin: 250 },
    { dbz: 24.7, rate: 0, kelvin: NaN },
    { dbz: 24.7, rate: 0, masks: { snow: 1 } },
    { dbz: 24.7, rate: 1e-6 },
    { dbz: 24.7, rate: NaN },
    { dbz: 4.9, rate: 0 },
  ]);
  assert.deepEqual([...codes.values], [624, 624, 624, 224, 124, NaN, 0]);
  assert.equal(inferredShare, 0.5, "of the two cells at the ground");
});
