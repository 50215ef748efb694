import assert from "node:assert/strict";
import { roundingOf } from "../../builder/derive/round.ts";
import type { ClassStats } from "../../contract/sidecar.ts";
import { frame as frameNamed } from "../support/identity.ts";
import type { FrameId } from "../../contract/identity.ts";
import { wholeHours } from "../../contract/lead.ts";
import { modelGeometry } from "../../contract/models.ts";
import { buildFrame } from "../../builder/frame/build_frame.ts";
import { localInput } from "../../builder/frame/frame_input.ts";
import { findModel, findVariable } from "../../builder/models/registry.ts";
import { gateCases } from "../support/gate_cases.ts";
import { gdalTool } from "../support/gdal_tools.ts";
import { independentValues, readFloats, type SourceBand } from "../support/independent_values.ts";
import { moved } from "../support/real_bucket.ts";
import { requireSharedData, testWithSharedData } from "../support/shared_data.ts";
import { tempDir } from "../support/temp_dir.ts";

/**
 * Test case for a model and variable with real bytes: the frame passes its gates, its values are within physical
 * limits, and its value grid equals the result of GDAL's programs and plain arithmetic for the same bytes.
 */
interface RealCase {
  readonly model: string;
  readonly variable: string;
  readonly run: string;
  readonly hour: number;
  /** Files below the folder of real data, and their bands, in the order of the arguments of `combine`. */
  readonly bands: readonly (readonly [file: string, band: number])[];
  /** Converts the messages' values in SI units to the shown value. */
  readonly combine: (...cell: number[]) => number;
  /** Tolerance in shown units; 0 for discrete values. */
  readonly tolerance: number;
  /** Range of the shown values on this day. */
  readonly limits: readonly [number, number];
  /** The first quality reason of a degraded frame. */
  readonly degraded?: RegExp;
}

const fahrenheit = (kelvin: number) => (kelvin - 273.15) * 9 / 5 + 32;
const inches = (millimetres: number) => millimetres / 25.4;
const DAY = { model: "hrrr", run: "20260129_17z" };
const hrrrFile = (hour: string, field: string) => `hrrr/hrrr.20260129.t17z.${hour}.${field}.grib2`;
/** Temperature of hour 1 in place of hour 6, whose bytes are missing. Only cells without a type use it. */
const TEMPERATURE_AT_6 = hrrrFile("f001", "tmp2m");
const MASKS = ["crain", "csnow", "cicep", "cfrzr"].map((mask) => [hrrrFile("f006", mask), 1] as const);

/**
 * Returns the precipitation type, written independently from the variables' documentation: the last of the largest
 * flags wins, but equal rain and snow are 5. Without a flag the temperature decides the type; without precipitation
 * it is 6.
 */
function typeOf(flags: readonly number[], kelvin: number, rate = Infinity): number {
  const largest = Math.max(...flags);
  if (largest === 0) return rate <= 0 ? 6 : kelvin > 273.15 ? 1 : 2;
  const last = flags.lastIndexOf(largest) + 1;
  return last === 2 && flags[0] === largest ? 5 : last;
}

const RAIN_EDGES = [0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.4, 0.6, 0.8, 1, 1.5, 2, 3, 4, 5];
const OTHER_EDGES = [0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.15, 0.2, 0.3];

const CASES: readonly RealCase[] = [
  ...[0, 1].map((hour): RealCase => ({
    ...DAY,
    variable: "tmp2m",
    hour,
    bands: [[hrrrFile(`f00${hour}`, "tmp2m"), 1]],
    combine: fahrenheit,
    tolerance: 0.05,
    limits: [-30, 90],
  })),
  ...[1, 6].map((hour): RealCase => ({
    ...DAY,
    variable: "refc",
    hour,
    bands: [[hrrrFile(`f00${hour}`, "refc"), 1]],
    combine: (dbz) => dbz,
    tolerance: 0.05,
    limits: [-10, 60],
  })),
  {
    ...DAY,
    variable: "radar_ptype",
    hour: 6,
    bands: [[hrrrFile("f006", "refc"), 1], ...MASKS, [hrrrFile("f006", "prate"), 1], [TEMPERATURE_AT_6, 1]],
    combine: (dbz, rain, snow, pellets, freezing, rate, kelvin) =>
      dbz! < 5 ? 0 : typeOf([rain!, snow!, pellets!, freezing!], kelvin!, rate!) * 100 + Math.floor(dbz!),
    tolerance: 0,
    limits: [0, 699],
  },
  {
    ...DAY,
    variable: "precip_ptype",
    hour: 6,
    bands: [[hrrrFile("f006", "prate"), 1], ...MASKS, [TEMPERATURE_AT_6, 1]],
    combine: (rate, rain, snow, pellets, freezing, kelvin) => {
      const inchesAnHour = Math.fround(rate! * 3600 / 25.4);
      const type = typeOf([rain!, snow!, pellets!, freezing!], kelvin!);
      const level = (type === 1 ? RAIN_EDGES : OTHER_EDGES).filter((edge) => inchesAnHour >= Math.fround(edge)).length;
      return level === 0 ? 0 : type * 100 + level - 1;
    },
    tolerance: 0,
    limits: [0, 599],
  },
  {
    ...DAY,
    variable: "apcp",
    hour: 6,
    bands: [[hrrrFile("f006", "apcp"), 1]],
    combine: inches,
    tolerance: 0.001,
    limits: [0, 2],
  },
  {
    ...DAY,
    variable: "apcp1h",
    hour: 6,
    bands: [[hrrrFile("f006", "apcp"), 2]],
    combine: inches,
    tolerance: 0.001,
    limits: [0, 1],
  },
  {
    ...DAY,
    run: "20201214_00z",
    variable: "apcp",
    hour: 12,
    bands: [["hrrr/hrrr.20201214.t00z.f012.apcp.grib2", 1]],
    combine: inches,
    tolerance: 0.001,
    limits: [0, 6],
  },
  ...[0, 6].map((hour): RealCase => ({
    model: "gfs",
    run: "20260129_12z",
    variable: "tmp2m",
    hour,
    bands: [[`gfs/gfs.20260129.t12z.f00${hour}.0p25.tmp2m-and-tmp2mb.grib2`, 2]],
    combine: fahrenheit,
    tolerance: 0.05,
    limits: [-40, 95],
  })),
  {
    model: "gfs",
    run: "20260129_12z",
    variable: "prmsl",
    hour: 6,
    bands: [["gfs/gfs.20260129.t12z.f006.0p25.prmsl-850mb.grib2", 1]],
    combine: (pascal) => pascal / 100,
    tolerance: 0.02,
    limits: [980, 1060],
  },
  {
    model: "gfs",
    run: "20200626_12z",
    variable: "wspd10m",
    hour: 0,
    bands: [["gfs/gfs.20200626.t12z.f000.0p25.uv10m.grib2", 1], ["gfs/gfs.20200626.t12z.f000.0p25.uv10m.grib2", 2]],
    combine: (u, v) => Math.hypot(u!, v!) * 2.2369362921,
    tolerance: 0.05,
    limits: [0, 60],
  },
  {
    model: "gfs",
    run: "20200626_12z",
    variable: "wdir10m",
    hour: 0,
    bands: [["gfs/gfs.20200626.t12z.f000.0p25.uv10m.grib2", 1], ["gfs/gfs.20200626.t12z.f000.0p25.uv10m.grib2", 2]],
    combine: (u, v) => Math.round((270 - Math.atan2(v!, u!) * 180 / Math.PI + 359.5) % 360 + 0.5) || 360,
    tolerance: 1, // rounding may differ by one degree
    limits: [1, 360],
  },
  {
    model: "gfs",
    run: "20200626_12z",
    variable: "apcp",
    hour: 6,
    bands: [["gfs/gfs.20200626.t12z.f006.0p25.apcp-dup.grib2", 1]],
    combine: inches,
    tolerance: 0.001,
    limits: [0, 7],
  },
  {
    model: "ecmwf",
    run: "20250115_18z",
    variable: "prmsl",
    hour: 24,
    bands: [["ecmwf/ecmwf.20250115.t18z.f024.0p25.msl-2t.grib2", 1]],
    combine: (pascal) => pascal / 100,
    tolerance: 0.02,
    limits: [970, 1060],
  },
  {
    model: "ecmwf",
    run: "20250115_18z",
    variable: "tmp2m",
    hour: 24,
    bands: [["ecmwf/ecmwf.20250115.t18z.f024.0p25.msl-2t.grib2", 2]],
    combine: fahrenheit,
    tolerance: 0.05,
    limits: [-40, 100],
  },
  {
    model: "ecmwf",
    run: "20260310_00z",
    variable: "tcdc",
    hour: 0,
    bands: [["ecmwf/ecmwf.20260310.t00z.f000.0p25.ptype-tcc-sd-rsn-asn.grib2", 5]],
    combine: (share) => share * 100,
    tolerance: 0.25, // eight bits, and packed twice for the comparison
    limits: [0, 100],
  },
  {
    model: "ecmwf",
    run: "20260310_00z",
    variable: "snod",
    hour: 0,
    bands: [4, 3].map((band) => ["ecmwf/ecmwf.20260310.t00z.f000.0p25.ptype-tcc-sd-rsn-asn.grib2", band] as const),
    combine: (waterM, density) => waterM! <= 0 ? 0 : waterM! * 1000 / density! * 39.37007874,
    tolerance: 0.5, // packed twice as well
    limits: [0, 8000],
  },
];

for (
  const { model: modelId, variable: id, run, hour, bands, combine, tolerance, limits, degraded } of gateCases(CASES, 2)
) {
  testWithSharedData(`${modelId} ${id} at hour ${hour} of ${run} equals the result of GDAL's programs`, async () => {
    await using folder = await tempDir();
    const frame = frameNamed(`${modelId}/${run}/${id}/${hour}`);
    const model = findModel(modelId);
    const variable = findVariable(model, id);
    const paths = bands.map(([file]) => requireSharedData(file));
    const built = buildFrame(
      frame,
      model,
      variable,
      await localInput(await atHour(paths, frame, folder.path), variable, frame),
    );

    const { grid } = modelGeometry(modelId)!;
    await Deno.writeFile(`${folder.path}/ours.tif`, built.artifacts.values);
    const ours = await readFloats(`${folder.path}/ours.tif`, `${folder.path}/ours.bin`);
    const { stats, quality, quality_reasons } = built.sidecar;
    const range = "min" in stats ? stats : rangeOf(ours);
    assert.ok(range.min >= limits[0] && range.max <= limits[1], `${range.min} to ${range.max}`);
    assert.equal(quality, degraded ? "degraded" : "full");
    if (degraded) assert.match(quality_reasons![0]!, degraded);
    const sources = await Promise.all(bands.map(([, band], i) => readable(paths[i]!, band, folder.path)));
    const theirs = await independentValues(sources, combine, grid, variable.kind, folder.path);
    compare(ours, theirs, { tolerance: tolerance + roundingOf(variable.precision) / 2, ...grid });
  });
}

testWithSharedData(
  "a real dry hour, whose rate is a constant packed in zero bits, passes its gates and draws nothing",
  async () => {
    await using folder = await tempDir();
    const frame = frameNamed("hrrr/20260129_17z/precip_ptype/0");
    const model = findModel(frame.model);
    const variable = findVariable(model, frame.var);
    const others = await Promise.all([...MASKS.map(([file]) => file), TEMPERATURE_AT_6].map(async (file, i) => {
      const path = `${folder.path}/moved${i}.grib2`;
      await Deno.writeFile(path, moved(await Deno.readFile(requireSharedData(file)), frame.run, 0));
      return path;
    }));
    const rate = requireSharedData("hrrr/hrrr.20260129.t17z.f000.prate-allzero.grib2");
    const built = buildFrame(frame, model, variable, await localInput([rate, ...others], variable, frame));
    assert.deepEqual((built.sidecar.stats as ClassStats).classes, [{ label: "Dry", share: 1 }]);
    assert.equal(built.sidecar.quality, "full");
    await Deno.writeFile(`${folder.path}/picture.tif`, built.artifacts.rgba);
    const info = JSON.parse(await gdalTool("gdalinfo", ["-json", "-mm", `${folder.path}/picture.tif`]));
    assert.deepEqual(info.bands.map((band: { computedMin: number; computedMax: number }) => band.computedMax), [
      0,
      0,
      0,
      0,
    ]);
  },
);

/** Returns the paths of a frame's messages; the temperature of hour 1 is copied and moved to hour 6. */
function atHour(paths: readonly string[], { run, lead }: FrameId, folder: string): Promise<string[]> {
  return Promise.all(paths.map(async (path, i) => {
    const hour = wholeHours(lead)!;
    if (hour !== 6 || !path.endsWith(TEMPERATURE_AT_6)) return path;
    const copy = `${folder}/moved${i}.grib2`;
    await Deno.writeFile(copy, moved(await Deno.readFile(path), run, hour));
    return copy;
  }));
}

/** Converts CCSDS packing, which this GDAL may not read, to simple packing with ecCodes. */
async function readable(path: string, band: number, folder: string): Promise<SourceBand> {
  if (!path.includes("/ecmwf/")) return { path, band };
  const simple = `${folder}/simple${band}.grib2`;
  await gdalTool("grib_set", ["-r", "-s", "packingType=grid_simple", path, simple]);
  return { path: simple, band };
}

function rangeOf(values: Float32Array): { min: number; max: number } {
  const valid = values.filter((value) => !Number.isNaN(value));
  return {
    min: valid.reduce((least, value) => Math.min(least, value), Infinity),
    max: valid.reduce((most, value) => Math.max(most, value), -Infinity),
  };
}

function compare(
  ours: Float32Array,
  theirs: Float32Array,
  { tolerance, width, height }: { tolerance: number; width: number; height: number },
): void {
  assert.equal(ours.length, width * height);
  assert.equal(theirs.length, ours.length);
  let compared = 0;
  let close = 0;
  let onlyOurs = 0;
  let onlyTheirs = 0;
  for (let i = 0; i < ours.length; i++) {
    if (Number.isNaN(ours[i])) onlyTheirs += Number.isNaN(theirs[i]) ? 0 : 1;
    else if (Number.isNaN(theirs[i])) onlyOurs++;
    else {
      compared++;
      if (Math.abs(ours[i]! - theirs[i]!) <= tolerance) close++;
    }
  }
  assert.ok(compared > 0.7 * ours.length, `${compared} of ${ours.length} cells compared`);
  assert.ok(close / compared >= 0.999, `${close} of ${compared} within ${tolerance}`);
  // At the edge of the source grid gdalwarp uses what it finds of the four neighbours. Only edge cells differ.
  assert.ok(onlyOurs <= 2, `${onlyOurs} cells valid for us only`);
  assert.ok(onlyTheirs < 2 * (width + height), `${onlyTheirs} cells valid for gdalwarp only`);
}
