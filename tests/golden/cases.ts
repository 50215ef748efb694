import { derive, type SourceMessage } from "../../builder/derive/derive.ts";
import { field } from "../../builder/field/field.ts";
import type { SourceGeometry } from "../../builder/grib/geometry.ts";
import { parameterOf } from "../../builder/grib/parameters.ts";
import { type MessageSelector, selectorName } from "../../builder/grib/message_selector.ts";
import { findModel, findVariable } from "../../builder/models/registry.ts";
import { colorize } from "../support/colorize.ts";
import { leadOfHours } from "../../contract/lead.ts";

/**
 * Fields of 5 × 5 cells through derivation and colouring, with hand-picked inputs: both ends of the palette and beyond,
 * an edge of a class and just below it, zero and minus zero, and missing cells.
 */

const SIZE = 5;

export interface GoldenCase {
  readonly name: string;
  /** `hrrr` if undefined. */
  readonly model?: string;
  readonly variable: string;
  /** 6 if undefined. */
  readonly hour?: number;
  /** Values in the messages' own units, by `ELEMENT:level`; 25 values each, row 0 north. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
}

/**
 * Reviewed result of a case: values in display units (null is missing), and `#rrggbb`, or null where nothing is drawn.
 */
export interface GoldenResult {
  readonly values: readonly (number | null)[];
  readonly colors: readonly (string | null)[];
}

const N = NaN;
const ZEROS = [0, 0, 0, 0, 0];
const ONES = [1, 1, 1, 1, 1];

/** Returns values from below a palette to above it, in even steps, with all corners but one missing. */
function evenly(from: number, to: number): number[] {
  const corners = [0, SIZE - 1, SIZE * (SIZE - 1)];
  return Array.from(
    { length: SIZE * SIZE },
    (_, i) => corners.includes(i) ? NaN : from + (to - from) * i / (SIZE * SIZE - 1),
  );
}

export const CASES: readonly GoldenCase[] = [
  {
    name: "simple_temperature",
    variable: "tmp2m",
    inputs: {
      "TMP:2 m above ground": [
        [233.15, 273.15, 283.15, 293.15, 323.427778],
        [200, 255.372222, N, 310.15, 350],
        [273.149, 273.151, 260, 270, 280],
        [N, 290, 300, 305, 308],
        [235, 240, 245, 250, N],
      ].flat(),
    },
  },
  {
    name: "simple_reflectivity",
    variable: "refc",
    inputs: {
      "REFC:entire atmosphere": [
        [-10, 0, -0, 4.999, 5],
        [9.999, 10, 24.9, 25, N],
        [39.99, 40, 54.9, 55, 64.9],
        [65, 70, 75, 80, 200],
        [N, 34.9, 35, 12, N],
      ].flat(),
    },
  },
  {
    name: "simple_precipitation",
    variable: "apcp1h",
    inputs: {
      "APCP:surface:1 h": [
        [0, -0, 0.1, 0.253, 0.254],
        [2.54, 6.35, 12.7, 25.4, 38.1],
        [50.8, 76.2, 101.6, 152.4, 203.2],
        [254, 381, 508, 762, 2000],
        [N, 2.53, 6.34, 12.69, N],
      ].flat(),
    },
  },
  {
    name: "radar_ptype",
    variable: "radar_ptype",
    inputs: {
      "REFC:entire atmosphere": [
        [5, 24, 44.9, 60, 75],
        [5, 12, 24, 45, 70],
        [5, 12, 24, 45, 70],
        [5, 12, 24, 45, 70],
        [4.9, 20, 20, N, 30],
      ].flat(),
      "CRAIN:surface": [...ONES, ...ZEROS, ...ZEROS, ...ZEROS, 1, 0, 0, 1, 1],
      "CSNOW:surface": [...ZEROS, ...ONES, ...ZEROS, ...ZEROS, 0, 0, 0, 0, 1],
      "CICEP:surface": [...ZEROS, ...ZEROS, ...ONES, ...ZEROS, ...ZEROS],
      "CFRZR:surface": [...ZEROS, ...ZEROS, ...ZEROS, ...ONES, ...ZEROS],
      "PRATE:surface": [...Array<number>(20).fill(1e-4), 0, 0, 1e-5, 0, 1e-4],
      "TMP:2 m above ground": [
        [280, 280, 280, 280, 280],
        [270, 270, 270, 270, 270],
        [270, 270, 270, 270, 270],
        [270, 270, 270, 270, 270],
        [280, 280, 270, 280, 280],
      ].flat(),
    },
  },
  {
    name: "wspd",
    variable: "wspd10m",
    inputs: {
      "UGRD:10 m above ground": [
        [3, -3, 3, -3, 0],
        [0, 10, 20, 40, 80],
        [N, 1, N, 0, 5],
        [2.2352, 4.4704, 6.7056, 8.9408, 11.176],
        [-0, 1e-6, 31.2928, 62.5856, 100],
      ].flat(),
      "VGRD:10 m above ground": [
        [4, 4, -4, -4, 0],
        [5, 0, 0, 0, 0],
        [1, N, N, -0, 12],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 100],
      ].flat(),
    },
  },
  {
    name: "wdir",
    variable: "wdir10m",
    inputs: {
      // Along the grid: from the north, east, south, west; then calm.
      "UGRD:10 m above ground": [
        [0, -5, 0, 5, 0],
        [3, -3, 3, -3, -0],
        [N, 1, N, 1e-3, 100],
        [1, 1, 1, 1, 1],
        [-1, -2, -3, -4, -5],
      ].flat(),
      "VGRD:10 m above ground": [
        [-5, 0, 5, 0, 0],
        [3, 3, -3, -3, 0],
        [1, N, N, 1e-3, 1],
        [-0.4, -0.5, -2.3, -2.5, -40],
        [1, 1, 1, 1, 1],
      ].flat(),
    },
  },
  {
    name: "simple_pressure",
    variable: "prmsl",
    inputs: {
      "MSLMA:mean sea level": [
        [96_000, 97_400, 99_800, 101_300, 105_500],
        [90_000, 101_299, N, 101_301, 110_000],
        [100_000, 100_400, 100_800, 101_200, 101_600],
        [N, 102_000, 103_000, 104_000, 105_000],
        [98_000, 98_500, 99_000, 99_500, N],
      ].flat(),
    },
  },
  {
    name: "simple_visibility",
    variable: "vis",
    inputs: {
      "VIS:surface": [
        [0, -0, 402.3, 402.4, 804.7],
        [1609.3, 1609.4, 3218.7, 4828.1, 6437.4],
        [8046.8, 11265.5, 16093.5, 24135, 90_000],
        [N, 1000, 2000, 5000, 9999],
        [N, N, 100, 200, N],
      ].flat(),
    },
  },
  {
    name: "simple_cape",
    variable: "cape",
    inputs: {
      "CAPE:surface": [
        [0, -0, 99.9, 100, 249],
        [250, 500, 750, 1000, 1500],
        [2000, 2500, 3000, 3500, 4000],
        [4500, 5000, 7000, -1, N],
        [N, 1, 499, 999, N],
      ].flat(),
    },
  },
  {
    name: "precip_ptype",
    variable: "precip_ptype",
    inputs: {
      // kg m-2 s-1: 1 in/h is 0.00705556. Below, on and above the first class of each type, in its middle, beyond its
      // last class.
      "PRATE:surface": [
        [0.00007, 0.0000706, 0.001, 0.00706, 0.1],
        [0.00003, 0.0000353, 0.0005, 0.00142, 0.1],
        [0.00003, 0.0000353, 0.0005, 0.00142, 0.1],
        [0.00003, 0.0000353, 0.0005, 0.00142, 0.1],
        [0.0005, 0.0005, N, -0, 0.001],
      ].flat(),
      "CRAIN:surface": [...ONES, ...ZEROS, ...ZEROS, ...ZEROS, 0, 0, 1, 1, 1],
      "CSNOW:surface": [...ZEROS, ...ONES, ...ZEROS, ...ZEROS, 0, 0, 0, 0, 1],
      "CICEP:surface": [...ZEROS, ...ZEROS, ...ONES, ...ZEROS, ...ZEROS],
      "CFRZR:surface": [...ZEROS, ...ZEROS, ...ZEROS, ...ONES, ...ZEROS],
      "TMP:2 m above ground": [...Array<number>(20).fill(273), 280, 270, 280, 280, 280],
    },
  },
  {
    name: "coded_precip_ptype",
    model: "ecmwf",
    variable: "precip_ptype",
    inputs: {
      "PRATE:surface": [
        [0.001, 0.001, 0.001, 0.001, 0.001],
        [0.001, 0.001, 0.001, 0.001, 0.001],
        [0.00001, 0.00004, 0.00008, 0.0004, 0.05],
        [0.001, 0.001, 0.001, N, 0.001],
        [0, 0, -0, 0.001, 0.001],
      ].flat(),
      "PTYPE:surface": [
        [1, 3, 5, 6, 7],
        [8, 12, 11, 2, 9],
        [1, 1, 1, 1, 1],
        [0, 0, N, 1, 10],
        [0, 1, 5, 4, 255],
      ].flat(),
      "TMP:2 m above ground": [
        ...Array<number>(15).fill(273),
        280,
        270,
        280,
        280,
        280,
        ...Array<number>(5).fill(260),
      ],
    },
  },
  {
    name: "accumulation_run",
    variable: "apcp",
    inputs: {
      "APCP:surface:run total": [
        [0, -0, 0.253, 0.254, 2.54],
        [25.4, 100, 500, 1000, 2000],
        [N, 6.35, 12.7, 38.1, 50.8],
        [76.2, 101.6, 152.4, 203.2, 254],
        [N, 1, 2, 3, N],
      ].flat(),
    },
  },
  {
    name: "accumulation_difference",
    model: "gfs",
    variable: "apcp1h",
    inputs: {
      "APCP:surface:run total": [
        [0, 10, 10, 10, 25.4],
        [N, 10, N, 50, 50.8],
        [5, 5, 5, 5, 5],
        [5, 5, 5, 5, 5],
        [100, 200, 300, 400, 1016],
      ].flat(),
      "APCP:surface:run total 1 h earlier": [
        [0, 10, 9.9, 10.1, 0],
        [1, N, N, 0, 0],
        [0, 1, 2, 3, 4],
        [4.9, 4.8, 4.746, 4.747, 5],
        [0, 0, 0, 0, 0],
      ].flat(),
    },
  },
  {
    name: "relative_humidity",
    model: "ecmwf",
    variable: "rh2m",
    inputs: {
      "TMP:2 m above ground": [
        [293.15, 293.15, 293.15, 293.15, 293.15],
        [273.15, 273.15, 253.15, 313.15, 313.15],
        [N, 290, N, 300, 300],
        [280, 281, 282, 283, 284],
        [270, 271, 272, 273, 274],
      ].flat(),
      "DPT:2 m above ground": [
        [293.15, 283.15, 273.15, 263.15, 253.15],
        [273.15, 274, 243.15, 303.15, 233.15],
        [280, N, N, 300.01, 299.99],
        [279, 278, 277, 276, 275],
        [260, 261, 262, 263, 264],
      ].flat(),
    },
  },
  {
    name: "snow_depth",
    model: "ecmwf",
    variable: "snod",
    inputs: {
      // ECMWF's snow is in m of water in its local form and kg m-2 in WMO's; this is the latter.
      "WEASD:surface": [
        [0, -0, 1, 10, 100],
        [0.2, 0.3, 0.5, 50, 10_000],
        [N, 5, N, 5, 5],
        [1, 2, 3, 4, 5],
        [30, 60, 90, 120, 150],
      ].flat(),
      "SDEN:surface": [
        [100, N, 100, 100, 300],
        [100, 100, 100, 250, 500],
        [100, N, N, 60, 500],
        [100, 100, 100, 100, 100],
        [300, 300, 300, 300, 300],
      ].flat(),
    },
  },
  {
    name: "absolute_vorticity",
    model: "ecmwf",
    variable: "vort500",
    inputs: {
      "RELV:500 mb": [
        [0, -0, 1e-5, 5e-5, 1e-4],
        [-1e-4, -5e-5, -3.5e-5, 2e-4, 3e-4],
        [N, 1e-5, 2e-5, 3e-5, 4e-5],
        [5e-5, 6e-5, 7e-5, 8e-5, 9e-5],
        [1.1e-4, 1.3e-4, 1.5e-4, 1.8e-4, N],
      ].flat(),
    },
  },
  ...([
    ["simple_dew_point", "dp2m", "DPT:2 m above ground", 220, 310],
    ["simple_relative_humidity", "rh2m", "RH:2 m above ground", -5, 110],
    ["simple_cloud_cover", "tcdc", "TCDC:entire atmosphere", -5, 110],
    ["simple_snow_depth", "snod", "SNOD:surface", 0, 1.4],
    ["simple_height", "hgt500", "HGT:500 mb", 4700, 6200],
    ["simple_temperature_500", "tmp500", "TMP:500 mb", 215, 285],
    ["simple_vorticity", "vort500", "ABSV:500 mb", -5e-5, 5e-4],
    ["simple_gust", "gust", "GUST:surface", 0, 75],
  ] as const).map(([name, variable, input, from, to]): GoldenCase => ({
    name,
    variable,
    inputs: { [input]: evenly(from, to) },
  })),
];

/**
 * Returns the geometry of the 5 × 5 cells around 40° N 100° W: on HRRR's grid, or on a global grid for other models.
 */
function geometryOf(model: string): SourceGeometry {
  return model === "hrrr"
    ? {
      geoTransform: [-221_000, 3000, 0, 180_000, 0, -3000],
      projection: "+proj=lcc +lat_1=38.5 +lat_2=38.5 +lat_0=38.5 +lon_0=-97.5 +R=6371229 +units=m +no_defs",
    }
    : { geoTransform: [-100.625, 0.25, 0, 40.625, 0, -0.25], projection: "+proj=longlat +R=6371229 +no_defs" };
}

export function runCase({ model = "hrrr", variable: id, hour = 6, inputs }: GoldenCase): GoldenResult {
  const variable = findVariable(findModel(model), id);
  const read = (selector: MessageSelector): SourceMessage => {
    const values = inputs[selectorName(selector)];
    if (!values) throw new RangeError(`The case has no ${selectorName(selector)}`);
    return {
      field: field(SIZE, SIZE, Float32Array.from(values)),
      unit: parameterOf(selector.element)[0]!.unit,
      geometry: geometryOf(model),
      componentsFollowGrid: true,
      resolution: 0,
      windowHours: null,
    };
  };
  const { field: derived } = derive(variable.derivation, read, { lead: leadOfHours(hour), units: variable.units });
  const pixels = colorize(derived, variable.palette);
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
