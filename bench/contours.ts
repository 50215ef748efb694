import { geoTransform } from "../contract/grid.ts";
import { validTime } from "../contract/identity.ts";
import { runMain } from "../builder/cli/run_main.ts";
import { traceFrameContours } from "../builder/contours/frame_contours.ts";
import { joinCrossings } from "../builder/contours/join_crossings.ts";
import { MarchingSquares } from "../builder/contours/marching_squares.ts";
import type { PixelLines } from "../builder/contours/pixel_lines.ts";
import { simplifyLines } from "../builder/contours/simplify_lines.ts";
import { smoothRows } from "../builder/contours/smooth.ts";
import { GeoJsonWriter } from "../builder/contours/write_geojson.ts";
import { fieldStats } from "../builder/derive/stats.ts";
import type { Field } from "../builder/field/field.ts";
import { checkLines } from "../builder/gates/lines.ts";
import { Dataset } from "../builder/gdal/dataset.ts";
import { SpatialReference } from "../builder/gdal/spatial_reference.ts";
import { print } from "../builder/operations/terminal.ts";
import { syntheticWeather } from "../demo/weather/synthetic_weather.ts";
import { writeWeatherGrib } from "../demo/write_grib.ts";
import { costOfCommand, medianCost, printTable, quantile } from "./measure.ts";
import { displayFieldOf, gribPath, HRRR_GRID, realFrame, TMP2M } from "./real_frames.ts";

/**
 * Time of the contours of HRRR's 2 m temperature by phase, in a warm process and one thread, compared with
 * `gdal_contour` on the smoothed field, which neither smooths nor simplifies.
 */

const FH = 1;
const WARM_UP_ROUNDS = 10;
const ROUNDS = 51;
const GDAL_ROUNDS = 5;
const USAGE = "usage: deno task bench:contours [DATA_FOLDER]";

async function main(): Promise<void> {
  const display = await displayField();
  const range = fieldStats(display);
  const trace = () => traceFrameContours(TMP2M.contours!.map((spec) => ({ spec, display, range })), HRRR_GRID);
  const { bytes, summary } = trace();
  const [{ smoothing_m, tolerance_m }] = Object.values(summary) as [typeof summary[string]];
  const radiusPx = Math.round(smoothing_m / HRRR_GRID.pixelSizeM);
  const levels = [...new Set(Object.values(summary).flatMap((set) => set.levels))].sort((a, b) => a - b);
  const march = () => {
    const squares = new MarchingSquares(display.width, levels);
    smoothRows(display, radiusPx, (values) => squares.addRow(values));
    return squares.crossings;
  };
  const crossings = march();
  const lines = joinCrossings(crossings);
  const all = new Uint8Array(lines.levels.length).fill(1);
  const simplify = () => simplifyLines(lines, all, tolerance_m / HRRR_GRID.pixelSizeM);
  const simple = simplify();
  const phases: Readonly<Record<string, () => unknown>> = {
    "smoothing": () => smoothRows(display, radiusPx, () => {}),
    "smoothing and marching squares": march,
    "joining crossings to lines": () => joinCrossings(crossings),
    "simplifying, specks included": simplify,
    "writing GeoJSON, specks included": () => write(simple),
    "gate on the written lines": () => checkLines(bytes, HRRR_GRID, summary),
    "all, as for a frame": trace,
  };
  const times = measure(phases);
  print(`${lines.levels.length} lines with ${crossings.length} vertices; ${bytes.length} bytes are written`);
  printTable(
    ["phase, wall ms", "median", "fastest"],
    Object.entries(times).map(([phase, ms]) => [phase, quantile(ms, 0.5).toFixed(1), quantile(ms, 0).toFixed(1)]),
  );
  await printGdal(display, radiusPx, levels);
}

function write(lines: PixelLines): void {
  const writer = new GeoJsonWriter(HRRR_GRID);
  lines.levels.forEach((level, line) => writer.write(lines, line, { key: "every10f", level, units: "°F" }));
  writer.finish();
}

/** Runs all phases in turn, and returns the times of each in ms, without those of the first rounds. */
function measure(phases: Readonly<Record<string, () => unknown>>): Record<string, number[]> {
  const times: Record<string, number[]> = Object.fromEntries(Object.keys(phases).map((phase) => [phase, []]));
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (const [phase, run] of Object.entries(phases)) {
      const started = performance.now();
      run();
      if (round >= 0) times[phase]!.push(performance.now() - started);
    }
  }
  return times;
}

/** Returns the real field, or that of synthetic weather where there is no real data. */
async function displayField(): Promise<Field> {
  const path = realPath();
  if (path !== null) return displayFieldOf(path, FH);
  print("Synthetic weather: there is no real data");
  const { run, lead } = realFrame(FH);
  const file = await Deno.makeTempFile({ suffix: ".grib2" });
  try {
    await Deno.writeFile(file, writeWeatherGrib(syntheticWeather(validTime(run, lead)), run, lead).grib);
    return displayFieldOf(file, FH);
  } finally {
    await Deno.remove(file);
  }
}

function realPath(): string | null {
  try {
    return gribPath(FH);
  } catch {
    return null;
  }
}

/** Prints what `gdal_contour` takes for the levels, if it is installed. */
async function printGdal(display: Field, radiusPx: number, levels: readonly number[]): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "twf_v3_bench_" });
  try {
    const input = `${folder}/smooth.tif`;
    writeSmoothed(display, radiusPx, input);
    const costs = [];
    for (let round = 0; round < GDAL_ROUNDS; round++) {
      const output = `${folder}/contours${round}.json`;
      const options = ["-q", "-f", "GeoJSON", "-a", "level", "-fl", ...levels.map(String)];
      costs.push(await costOfCommand(["gdal_contour", input, output, ...options]));
    }
    const { wallMs, cpuMs } = medianCost(costs);
    print(`gdal_contour on the smoothed field: ${wallMs.toFixed(0)} ms, of it ${cpuMs.toFixed(0)} ms CPU`);
  } catch (error) {
    print(`No figures of gdal_contour: ${error instanceof Error ? error.message : error}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function writeSmoothed(display: Field, radiusPx: number, path: string): void {
  const { width, height } = display;
  const values = new Float32Array(width * height);
  let row = 0;
  smoothRows(display, radiusPx, (smooth) => values.set(smooth, row++ * width));
  using mercator = SpatialReference.parse("EPSG:3857");
  using dataset = Dataset.inMemory({
    width,
    height,
    bandCount: 1,
    type: "Float32",
    geoTransform: geoTransform(HRRR_GRID),
    spatialReference: mercator,
  });
  dataset.band(1).setNoData(NaN);
  dataset.band(1).write(values);
  dataset.copyTo(path, "GTiff", {});
}

if (import.meta.main) await runMain(main, USAGE);
