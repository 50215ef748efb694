import assert from "node:assert/strict";
import type { Stats } from "../../contract/sidecar.ts";
import { leadOfHours } from "../../contract/lead.ts";
import { HRRR_GRID } from "../../demo/weather/hrrr_grid.ts";
import { writeMessage } from "../../demo/write_message.ts";
import { concatenate } from "../../builder/concatenate.ts";
import { buildFrame } from "../../builder/frame/build_frame.ts";
import { localInput, wantedMessages } from "../../builder/frame/frame_input.ts";
import { GateError } from "../../builder/gates/gate_error.ts";
import { fieldHeaders } from "../../builder/grib/field_header.ts";
import { hrrr } from "../../builder/models/hrrr.ts";
import { findVariable } from "../../builder/models/registry.ts";
import { gateCases } from "../support/gate_cases.ts";
import { tempDir } from "../support/temp_dir.ts";
import { modelId, runId } from "../support/identity.ts";

/**
 * Real weather passes the gates, however light, dry, calm, hot, cold or small it is, and also with its packing errors;
 * values that are no weather are refused. Each case is a message on HRRR's grid from which a whole frame is built.
 */

const RUN = runId("20260217_06z");
const FH = leadOfHours(6);
const { width, height } = HRRR_GRID;

/** Function of a row from the north and a column from the west that gives the value there. */
type Weather = (row: number, column: number) => number;

/** A shape that rises from 0 to 1 in the middle of the grid and falls to 0 again. */
const hill: Weather = (row, column) => Math.sin(row / height * Math.PI) * Math.sin(column / width * Math.PI);
/** Makes a shape that is 1 in the middle of a storm and 0 beyond its radius, in cells. */
const storm = (atRow: number, atColumn: number, radius: number): Weather => (row, column) =>
  Math.max(0, 1 - Math.hypot(row - atRow, column - atColumn) / radius);
/** Three storms with a radius of 60 cells. */
const THREE_STORMS: Weather = (row, column) =>
  Math.max(...[[300, 400], [500, 900], [700, 1300]].map(([r, c]) => storm(r!, c!, 60)(row, column)));
const everywhere = (value: number): Weather => () => value;
const between = (low: number, high: number, shape: Weather = hill): Weather => (row, column) =>
  low + (high - low) * shape(row, column);
/** Makes a field with one value in a square of `size` cells, and another value everywhere else. */
const block = (inside: number, outside: number, size: number): Weather => (row, column) =>
  row >= 500 && row < 500 + size && column >= 800 && column < 800 + size ? inside : outside;

/** Fields that a case does not give: a mild day. */
const MILD: Readonly<Record<string, Weather>> = {
  TMP: between(270, 290),
  DPT: between(265, 280),
  RH: between(30, 80),
  UGRD: between(-5, 5),
  VGRD: between(-3, 6),
  GUST: between(2, 12),
  REFC: everywhere(-10),
  PRATE: everywhere(0),
  CRAIN: everywhere(0),
  CSNOW: everywhere(0),
  CICEP: everywhere(0),
  CFRZR: everywhere(0),
  APCP: everywhere(0),
  ASNOW: everywhere(0),
  SNOD: everywhere(0),
  CAPE: everywhere(0),
  MSLMA: between(100_000, 103_000),
  TCDC: between(0, 100),
  VIS: between(2000, 24_000),
  HGT: between(5300, 5800),
  ABSV: between(0, 2e-4),
};

interface EdgeCase {
  readonly weather: string;
  readonly variables: readonly string[];
  readonly fields?: Readonly<Record<string, Weather>>;
  readonly decimals?: number;
  /** Reference value of the packing, in place of the encoder's: it shifts all values. */
  readonly reference?: number;
}

const PASSES: readonly EdgeCase[] = [
  {
    weather: "a dry day without an echo",
    variables: ["refc", "radar_ptype", "precip_ptype", "apcp", "apcp1h", "asnow", "snod", "cape"],
  },
  { weather: "a calm day", variables: ["wspd10m"], fields: { UGRD: between(0, 0.4), VGRD: between(0, 0.3) } },
  { weather: "a calm day", variables: ["gust"], fields: { GUST: between(0.2, 1.1) } },
  { weather: "wind from one quarter", variables: ["wdir10m"], fields: { UGRD: everywhere(3), VGRD: everywhere(3) } },
  {
    weather: "no wind but in three storms",
    variables: ["wdir10m"],
    fields: { UGRD: between(0, 9, THREE_STORMS), VGRD: everywhere(0) },
  },
  { weather: "a clear day with one thin cloud", variables: ["tcdc"], fields: { TCDC: between(0, 6, THREE_STORMS) } },
  { weather: "overcast but for one gap", variables: ["tcdc"], fields: { TCDC: between(100, 93, THREE_STORMS) } },
  {
    weather: "a first hour's snow of 0.1 to 0.9 in over three storms",
    variables: ["asnow"],
    fields: { ASNOW: between(0, 0.9 / 39.37, THREE_STORMS) },
    decimals: 4,
  },
  {
    weather: "drizzle",
    variables: ["apcp", "apcp1h"],
    fields: { APCP: between(0, 0.5, THREE_STORMS) },
    decimals: 3,
  },
  {
    weather: "drizzle of one class",
    variables: ["precip_ptype"],
    fields: { PRATE: block(0.012 * 25.4 / 3600, 0, 40), CRAIN: block(1, 0, 40) },
    decimals: 7,
  },
  {
    weather: "a patch of snow cover of 3 × 3 cells",
    variables: ["snod"],
    fields: { SNOD: block(0.04, 0, 3) },
    decimals: 3,
  },
  { weather: "one shower of 2 × 2 cells", variables: ["refc"], fields: { REFC: block(22, -10, 2) } },
  {
    weather: "one shower of 2 × 2 cells",
    variables: ["radar_ptype"],
    fields: { REFC: block(22, -10, 2), CRAIN: block(1, 0, 2), PRATE: block(1e-4, 0, 2) },
    decimals: 6,
  },
  { weather: "rain everywhere", variables: ["apcp"], fields: { APCP: everywhere(12) } },
  { weather: "the hottest day", variables: ["tmp2m"], fields: { TMP: between(300, 329.5) } },
  { weather: "the hottest day", variables: ["dp2m"], fields: { DPT: between(285, 308) } },
  { weather: "the driest day", variables: ["rh2m"], fields: { RH: between(0, 12) } },
  { weather: "fog everywhere", variables: ["rh2m"], fields: { RH: between(97, 100) } },
  { weather: "fog everywhere", variables: ["vis"], fields: { VIS: between(0, 900) } },
  { weather: "the clearest day", variables: ["vis"], fields: { VIS: between(20_000, 24_100) } },
  { weather: "the coldest night", variables: ["tmp2m"], fields: { TMP: between(219, 250) } },
  { weather: "the coldest night", variables: ["dp2m"], fields: { DPT: between(203, 240) } },
  { weather: "a hurricane", variables: ["wspd10m"], fields: { UGRD: between(0, 85, storm(500, 900, 300)) } },
  { weather: "a hurricane", variables: ["gust"], fields: { GUST: between(3, 105, storm(500, 900, 300)) } },
  { weather: "a hurricane", variables: ["prmsl"], fields: { MSLMA: between(101_000, 88_000, storm(500, 900, 300)) } },
  { weather: "a hurricane's rain", variables: ["apcp"], fields: { APCP: between(0, 1500, storm(500, 900, 300)) } },
  { weather: "the strongest storm", variables: ["refc"], fields: { REFC: between(-10, 78, THREE_STORMS) } },
  { weather: "the strongest storm", variables: ["cape"], fields: { CAPE: between(0, 8500) } },
  { weather: "the deepest trough", variables: ["hgt500"], fields: { HGT: between(4650, 5200) } },
  { weather: "the strongest ridge", variables: ["hgt500"], fields: { HGT: between(5900, 6040) } },
  { weather: "the coldest pool aloft", variables: ["tmp500"], fields: { TMP: between(220, 240) } },
  {
    weather: "packing's −1e-6 m",
    variables: ["snod"],
    fields: { SNOD: block(0.3, 0, 30) },
    decimals: 3,
    reference: -1e-6,
  },
  {
    weather: "packing's −1e-4 m/s",
    variables: ["gust"],
    fields: { GUST: between(0, 9) },
    decimals: 1,
    reference: -1e-4,
  },
  { weather: "packing's −1 cm", variables: ["vis"], fields: { VIS: between(0, 9000) }, decimals: -2, reference: -0.01 },
  {
    weather: "packing's −0.004 mm",
    variables: ["apcp"],
    fields: { APCP: block(9, 0, 60) },
    decimals: 2,
    reference: -0.004,
  },
  { weather: "packing's 100.0001 %", variables: ["tcdc"], fields: { TCDC: between(0, 100) }, reference: 0.0001 },
];

const REFUSED: readonly (EdgeCase & { readonly words: RegExp })[] = [
  {
    weather: "17.8 in in one cell",
    variables: ["apcp"],
    fields: { APCP: block(17.8 * 25.4, 2, 1) },
    words: /value among its neighbours.*17\.8 in column 800 of row 500/,
  },
  { weather: "kelvin for °F", variables: ["tmp2m"], fields: { TMP: between(450, 520) }, words: /value range/ },
  {
    weather: "snow of −5 cm",
    variables: ["snod"],
    fields: { SNOD: block(-0.05, 0, 30) },
    decimals: 3,
    words: /value range.*-1\.9/,
  },
  { weather: "one temperature everywhere", variables: ["tmp2m"], fields: { TMP: everywhere(280) }, words: /constant/ },
  {
    weather: "heights under a scale's flipped sign",
    variables: ["tmp500"],
    fields: { HGT: between(-5800, -5300) },
    words: /value range.*-580 … -530, allowed 440 … 620/,
  },
];

async function build({ fields = {}, decimals = 2, reference }: EdgeCase, id: string) {
  await using folder = await tempDir();
  const variable = findVariable(hrrr, id);
  const parts = wantedMessages(variable, FH).map(({ selector }) => {
    const weather = fields[selector.element] ?? MILD[selector.element]!;
    const values = Float32Array.from({ length: width * height }, (_, i) => weather(Math.floor(i / width), i % width));
    const scale = selector.element === "ABSV" || selector.element === "PRATE" ? Math.max(decimals, 6) : decimals;
    const message = writeMessage({ selector, decimals: scale, values }, RUN, FH);
    if (reference === undefined || !(selector.element in fields)) return message;
    const { sections, packing } = fieldHeaders(message, "a message")[0]!;
    const at = sections.representation + 11;
    new DataView(message.buffer).setFloat32(at, reference * 10 ** packing.decimalScale);
    return message;
  });
  const path = `${folder.path}/edge.grib2`;
  await Deno.writeFile(path, concatenate(parts));
  const frame = { model: modelId("hrrr"), run: RUN, var: variable.id, lead: FH };
  return buildFrame(frame, hrrr, variable, await localInput([path], variable, frame));
}

/** Each weather with each of its variables. */
function pairs<T extends { readonly variables: readonly string[] }>(cases: readonly T[]) {
  return cases.flatMap((edge) => edge.variables.map((id) => ({ edge, id })));
}

for (const { edge, id } of gateCases(pairs(PASSES), 2)) {
  Deno.test(`${id} passes its gates: ${edge.weather}`, async () => {
    const { sidecar } = await build(edge, id);
    if (edge.reference !== undefined && edge.reference < 0) {
      assert.equal((sidecar.stats as Stats).min, 0, "raised to the smallest value there is");
      assert.ok((sidecar.measures?.clamped_cells ?? 0) > 0, "and counted");
    }
  });
}

for (const { edge, id } of gateCases(pairs(REFUSED), 2)) {
  Deno.test(`${id} is refused: ${edge.weather}`, async () => {
    await assert.rejects(build(edge, id), (error) => {
      assert.ok(error instanceof GateError, String(error));
      assert.match(error.message, edge.words);
      return true;
    });
  });
}
