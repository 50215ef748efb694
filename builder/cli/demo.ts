import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { type Configuration, parseConfiguration } from "../../contract/environment.ts";
import { type ForecastHour, type RunId, runIdOf } from "../../contract/identity.ts";
import { serveBucket } from "../demo/bucket.ts";
import { buildHours, workerCount } from "../demo/build_hours.ts";
import { serveChild } from "../demo/serve_child.ts";
import type { SynthesizeJob } from "../demo/synthesize_worker.ts";
import { fetchInput } from "../frame/frame_input.ts";
import { gdal } from "../gdal/library.ts";
import { messagesOf } from "../fields/derive.ts";
import { SYNTHETIC_MESSAGES } from "../demo/write_grib.ts";
import { hrrr } from "../models/hrrr.ts";
import { selectorName } from "../models/model.ts";
import { AllSourcesFailedError } from "../sources/source_error.ts";
import { sourcesInOrder } from "../sources/layout.ts";
import { WorkerPool } from "../worker_pool.ts";
import { Progress } from "./progress.ts";
import { runMain, StoppedError } from "./run_main.ts";
import { say } from "./terminal.ts";
import { UsageError } from "./usage_error.ts";

const HOURS = 13;
const USAGE = `usage: ./twf demo [--live]
  builds a synthetic HRRR run of ${HOURS} hours and serves it; --live builds the newest real run instead`;

/** How far back --live looks for a run that has begun to appear. */
const LIVE_CYCLES = 6;

/** The variables that a synthetic hour has every message of. */
const SYNTHETIC_VARIABLES = hrrr.variables.filter(({ derivation }) =>
  messagesOf(derivation).every((wanted) =>
    SYNTHETIC_MESSAGES.some((held) => selectorName(held) === selectorName(wanted))
  )
);

async function main(args: readonly string[]): Promise<void> {
  const isLive = parseOptions(args);
  const configuration = parseConfiguration(Deno.env.toObject());
  gdal(); // registers drivers before any Worker starts, and fails early
  const port = freePort(configuration);
  using stop = stopOnSignals();
  const started = performance.now();
  const dataRoot = `${demoFolder(configuration)}/${isLive ? "live" : "synthetic"}`;
  const build = isLive ? buildLive : buildSynthetic;
  const built = await Promise.race([build(configuration, dataRoot, stop.signal), rejectWhen(stop.signal)]);
  say(`${built} frames in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  await serveChild({ host: configuration.host, port, dataRoot, signal: stop.signal });
}

/**
 * The port to serve on; said to be taken before anything is built or removed.
 * @throws UsageError
 */
function freePort({ host, port }: Configuration): number {
  try {
    using listener = Deno.listen({ hostname: host, port });
    return listener.addr.port;
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AddrInUse)) throw cause;
    throw new UsageError(`Port ${port} of ${host} is taken, perhaps by another demo: set TWF_V3_PORT to another`, {
      cause,
    });
  }
}

/** Beside the data root, so that a demo never mixes with runs that people rely on. */
function demoFolder({ dataRoot }: Configuration): string {
  return `${dirname(dataRoot)}/demo`;
}

function parseOptions(args: readonly string[]): boolean {
  try {
    const { values } = parseArgs({ args: [...args], options: { live: { type: "boolean" } }, strict: true });
    return values.live ?? false;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Files of a made-up run in a bucket's folder, and from there the way of every run. */
async function buildSynthetic(configuration: Configuration, dataRoot: string, signal: AbortSignal): Promise<number> {
  await removeFolder(dataRoot);
  const folder = `${dataRoot}/bucket`;
  const run = runIdOf(new Date(Math.floor(Date.now() / 3_600_000) * 3_600_000));
  say(`Building a synthetic HRRR run (${run}, ${HOURS} hours). It is nobody's forecast.`);
  await using bucket = serveBucket(folder);
  using progress = new Progress();
  const synthesized = progress.bar("GRIB2 files", HOURS);
  using synthesizers = new WorkerPool<SynthesizeJob, void>(
    new URL("../demo/synthesize_worker.ts", import.meta.url),
    workerCount(configuration),
  );
  const hours = hrrr.forecastHours(run).slice(0, HOURS);
  await Promise.all(hours.map(async (fh) => {
    await synthesizers.run({ folder, run, fh });
    synthesized.step();
  }));
  const sources = [{ id: "synthetic", baseUrl: bucket.baseUrl }];
  return await buildHours({
    configuration,
    dataRoot,
    run,
    hours,
    sources,
    variables: SYNTHETIC_VARIABLES,
    progress,
    signal,
  });
}

async function buildLive(configuration: Configuration, dataRoot: string, signal: AbortSignal): Promise<number> {
  const run = await newestRun(configuration, dataRoot, signal);
  say(`Building HRRR ${run} from the live feeds`);
  const hours = hrrr.forecastHours(run).slice(0, HOURS);
  const sources = sourcesInOrder(hrrr, configuration.sourcePriority, run);
  using progress = new Progress();
  return await buildHours({
    configuration,
    dataRoot,
    run,
    hours,
    sources,
    variables: hrrr.variables,
    progress,
    signal,
  });
}

/** The newest cycle whose first hour some source has. @throws AllSourcesFailedError when none of the last has */
async function newestRun(configuration: Configuration, dataRoot: string, signal: AbortSignal): Promise<RunId> {
  const hour = Math.floor(Date.now() / 3_600_000);
  let lastError: unknown;
  for (let age = 1; age <= LIVE_CYCLES; age++) {
    const run = runIdOf(new Date((hour - age) * 3_600_000));
    const sources = sourcesInOrder(hrrr, configuration.sourcePriority, run);
    try {
      await fetchInput(hrrr, hrrr.variables[0]!, { run, fh: 0 as ForecastHour }, { sources, dataRoot, signal });
      return run;
    } catch (error) {
      // A source that answered has no such cycle yet; when none answered, an older cycle is no nearer.
      if (
        !(error instanceof AllSourcesFailedError && error.failures.some(({ error }) => error.failure === "missing"))
      ) {
        throw error;
      }
      lastError = error;
    }
  }
  throw lastError;
}

interface StopSignal extends Disposable {
  readonly signal: AbortSignal;
}

function stopOnSignals(): StopSignal {
  const controller = new AbortController();
  const stop = () => controller.abort(new StoppedError("Stopped by a signal"));
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  names.forEach((name) => Deno.addSignalListener(name, stop));
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => names.forEach((name) => Deno.removeSignalListener(name, stop)),
  };
}

/** Never resolves; a stop does not wait for the frame that a Worker is at. */
function rejectWhen(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
}

async function removeFolder(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

if (import.meta.main) await runMain(main, USAGE);
