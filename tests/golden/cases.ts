import { derive } from "../../builder/fields/derive.ts";
import { type Field, field } from "../../builder/fields/field.ts";
import { hrrr } from "../../builder/models/hrrr.ts";
import { type MessageSelector, selectorName } from "../../builder/models/model.ts";
import { findVariable } from "../../builder/models/registry.ts";
import { colorize, drawnPart } from "../../builder/style/colorize.ts";

/**
 * Fields of 5 × 5 cells through derivation and colours, by hand-picked inputs: both ends of the palette and beyond, an
 * edge of a class and just below it, zero and minus zero, and missing cells.
 */

const SIZE = 5;

export interface GoldenCase {
  readonly name: string;
  readonly variable: string;
  /** In the messages' own units, by `ELEMENT:level`; 25 values each, row 0 north. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
}

/** What is kept of a case: values in display units (null is missing) and `#rrggbb`, or null where nothing is drawn. */
export interface GoldenResult {
  readonly values: readonly (number | null)[];
  readonly colors: readonly (string | null)[];
}

const N = NaN;

export const CASES: readonly GoldenCase[] = [
  {
    name: "simple_temperature",
    variable: "tmp2m",
    inputs: {
      "TMP:2 m above ground": [
        ...[233.15, 273.15, 283.15, 293.15, 323.427778],
        ...[200, 255.372222, N, 310.15, 350],
        ...[273.149, 273.151, 260, 270, 280],
        ...[N, 290, 300, 305, 308],
        ...[235, 240, 245, 250, N],
      ],
    },
  },
  {
    name: "simple_reflectivity",
    variable: "refc",
    inputs: {
      "REFC:entire atmosphere": [
        ...[-10, 0, -0, 4.999, 5],
        ...[9.999, 10, 24.9, 25, N],
        ...[39.99, 40, 54.9, 55, 64.9],
        ...[65, 70, 75, 80, 200],
        ...[N, 34.9, 35, 12, N],
      ],
    },
  },
  {
    name: "simple_precipitation",
    variable: "apcp1h",
    inputs: {
      "APCP:surface:1 h": [
        ...[0, -0, 0.1, 0.253, 0.254],
        ...[2.54, 6.35, 12.7, 25.4, 38.1],
        ...[50.8, 76.2, 101.6, 152.4, 203.2],
        ...[254, 381, 508, 762, 2000],
        ...[N, 2.53, 6.34, 12.69, N],
      ],
    },
  },
  {
    name: "radar_ptype",
    variable: "radar_ptype",
    inputs: {
      "REFC:entire atmosphere": [
        ...[5, 24, 44.9, 60, 75],
        ...[5, 12, 24, 45, 70],
        ...[5, 12, 24, 45, 70],
        ...[5, 12, 24, 45, 70],
        ...[4.9, 20, 20, N, 30],
      ],
      "CRAIN:surface": [...[1, 1, 1, 1, 1], ...[0, 0, 0, 0, 0], ...[0, 0, 0, 0, 0], ...[0, 0, 0, 0, 0], ...[
        1,
        0,
        0,
        1,
        1,
      ]],
      "CSNOW:surface": [...[0, 0, 0, 0, 0], ...[1, 1, 1, 1, 1], ...[0, 0, 0, 0, 0], ...[0, 0, 0, 0, 0], ...[
        0,
        0,
        0,
        0,
        1,
      ]],
      "CICEP:surface": [...[0, 0, 0, 0, 0], ...[0, 0, 0, 0, 0], ...[1, 1, 1, 1, 1], ...[0, 0, 0, 0, 0], ...[
        0,
        0,
        0,
        0,
        0,
      ]],
      "CFRZR:surface": [...[0, 0, 0, 0, 0], ...[0, 0, 0, 0, 0], ...[0, 0, 0, 0, 0], ...[1, 1, 1, 1, 1], ...[
        0,
        0,
        0,
        0,
        0,
      ]],
      "TMP:2 m above ground": [
        ...[280, 280, 280, 280, 280],
        ...[270, 270, 270, 270, 270],
        ...[270, 270, 270, 270, 270],
        ...[270, 270, 270, 270, 270],
        ...[280, 280, 270, 280, 280],
      ],
    },
  },
  {
    name: "wspd",
    variable: "wspd10m",
    inputs: {
      "UGRD:10 m above ground": [
        ...[3, -3, 3, -3, 0],
        ...[0, 10, 20, 40, 80],
        ...[N, 1, N, 0, 5],
        ...[2.2352, 4.4704, 6.7056, 8.9408, 11.176],
        ...[-0, 1e-6, 31.2928, 62.5856, 100],
      ],
      "VGRD:10 m above ground": [
        ...[4, 4, -4, -4, 0],
        ...[5, 0, 0, 0, 0],
        ...[1, N, N, -0, 12],
        ...[0, 0, 0, 0, 0],
        ...[0, 0, 0, 0, 100],
      ],
    },
  },
];

export function runCase({ variable: id, inputs }: GoldenCase): GoldenResult {
  const variable = findVariable(hrrr, id);
  const read = (selector: MessageSelector): Field => {
    const values = inputs[selectorName(selector)];
    if (!values) throw new RangeError(`The case has no ${selectorName(selector)}`);
    return field(SIZE, SIZE, Float32Array.from(values));
  };
  const { field: derived } = derive(variable.derivation, read);
  const pixels = colorize(drawnPart(derived, variable.palette), variable.palette);
  const hex = (i: number) =>
    [...pixels.subarray(i * 4, i * 4 + 3)].map((channel) => channel.toString(16).padStart(2, "0"));
  return {
    values: [...derived.values].map((value) => Number.isNaN(value) ? null : Number(value.toPrecision(6))),
    colors: Array.from({ length: SIZE * SIZE }, (_, i) => pixels[i * 4 + 3] === 0 ? null : `#${hex(i).join("")}`),
  };
}

export function goldenFile(name: string): URL {
  return new URL(`${name}.json`, import.meta.url);
}
