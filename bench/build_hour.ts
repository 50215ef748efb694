import { fileURLToPath, pathToFileURL } from "node:url";
import { builderMemory } from "../builder/confined/allocator.ts";
import { type RunId, validTime } from "../contract/identity.ts";
import { leadOfHours, leadText } from "../contract/lead.ts";
import { print, say } from "../builder/operations/terminal.ts";
import { runMain } from "../builder/cli/run_main.ts";
import { SYNTHETIC_PRODUCTS } from "../demo/synthetic_messages.ts";
import { syntheticWeather } from "../demo/weather/synthetic_weather.ts";
import { writeWeatherGrib } from "../demo/write_grib.ts";
import { gdal } from "../builder/gdal/library.ts";
import { hrrr } from "../builder/models/hrrr.ts";
import { writeFileAtomically } from "../builder/disk/atomic_write.ts";
import { remoteFile } from "../builder/sources/layout.ts";
import { median, printTable } from "./measure.ts";

/**
 * Wall time of an HRRR hour as `build-run` builds it: fetched from a folder laid out like the bucket, built with two
 * Workers and published, for one variable, eight and all. Also the peak memory of the process, with one Worker and with
 * two.
 */

const ROUNDS = 5;
const RUN = "20260217_06z" as RunId;
const FH = leadOfHours(6);
const USAGE = "usage: deno task bench:build-hour";
const EIGHT = ["tmp2m", "dp2m", "rh2m", "wspd10m", "gust", "refc", "radar_ptype", "apcp"];
const CASES: readonly (readonly [name: string, vars: readonly string[], workers: number])[] = [
  ["one variable (tmp2m)", ["tmp2m"], 2],
  ["one variable (wspd10m)", ["wspd10m"], 2],
  ["eight variables", EIGHT, 2],
  [`all ${hrrr.variables.length} variables`, hrrr.variables.map(({ id }) => id), 2],
  [`all ${hrrr.variables.length} variables, one Worker`, hrrr.variables.map(({ id }) => id), 1],
];

interface Measured {
  readonly wallMs: number;
  readonly peakMb: number;
}

async function main(): Promise<void> {
  const work = await Deno.makeTempDir({ prefix: "twf-bench-" });
  try {
    await layOutHour(`${work}/bucket`);
    const results = CASES.map((): Measured[] => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [i, [, vars, workers]] of CASES.entries()) {
        results[i]!.push(await buildHour(`${work}/${round}-${i}`, `${work}/bucket`, vars, workers));
      }
      say(`round ${round + 1} of ${ROUNDS}`);
    }
    const walls = results.map((measured) => median(measured.map(({ wallMs }) => wallMs)));
    print(`Medians of ${ROUNDS} rounds, GDAL ${gdal().version}`);
    printTable(
      ["one hour, as a command", "wall ms", "of tmp2m alone", "peak MB"],
      CASES.map(([name], i) => [
        name,
        walls[i]!.toFixed(0),
        (walls[i]! / walls[0]!).toFixed(2),
        Math.max(...results[i]!.map(({ peakMb }) => peakMb)).toFixed(0),
      ]),
    );
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function layOutHour(folder: string): Promise<void> {
  const weather = syntheticWeather(validTime(RUN, FH));
  for (const product of SYNTHETIC_PRODUCTS) {
    const { grib, idx } = writeWeatherGrib(weather, RUN, FH, product);
    const { path, indexPath } = remoteFile(hrrr.layouts, product, RUN, FH);
    await writeFileAtomically(`${folder}/${path}`, grib);
    await writeFileAtomically(`${folder}/${indexPath}`, new TextEncoder().encode(idx));
  }
}

/** Runs the command of the task `build-run` and measures its wall time and peak memory. */
async function buildHour(
  dataRoot: string,
  bucket: string,
  vars: readonly string[],
  workers: number,
): Promise<Measured> {
  const started = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      `--allow-ffi=${gdal().path}`,
      "--allow-env",
      "--allow-read",
      "--allow-write",
      "--allow-net",
      "--allow-sys=systemMemoryInfo",
      fileURLToPath(new URL("../builder/cli/build_run.ts", import.meta.url)),
      "--model",
      hrrr.id,
      "--run",
      RUN,
      "--fhs",
      leadText(FH),
      "--vars",
      vars.join(","),
      "--source",
      pathToFileURL(bucket).href,
      "--data-root",
      dataRoot,
    ],
    env: { TWF_V3_WORKERS: String(workers), TWF_V3_GDAL_LIB: gdal().path, ...builderMemory(Deno.env.toObject()) },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let peakMb = 0;
  const watch = setInterval(() => peakMb = Math.max(peakMb, peakOf(child.pid)), 20);
  const { code } = await child.status;
  const wallMs = performance.now() - started;
  clearInterval(watch);
  if (code !== 0) throw new Error(`build-run ended with ${code}`);
  await Deno.remove(dataRoot, { recursive: true });
  return { wallMs, peakMb };
}

function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+([0-9]+) kB/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0; // the process has ended
    throw error;
  }
}

if (import.meta.main) await runMain(main, USAGE);
