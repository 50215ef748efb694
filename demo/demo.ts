import { type Configuration, parseConfiguration } from "../contract/environment.ts";
import { type RunId, runIdOf } from "../contract/identity.ts";
import { type Lead, leadOf, leadText } from "../contract/lead.ts";
import { serveBucket } from "./bucket.ts";
import { removeTree } from "../builder/disk/folders.ts";
import { readJsonOrNull } from "../builder/disk/read_json.ts";
import { recentRun } from "./recent_run.ts";
import { serveChild } from "./serve_child.ts";
import type { SynthesizeJob } from "./synthesize_worker.ts";
import { gdal } from "../builder/gdal/library.ts";
import { hrrr } from "../builder/models/hrrr.ts";
import { manifestSchema } from "../contract/manifest.ts";
import { type DataRoots, locate, manifestPath, rootsBelow } from "../contract/paths.ts";
import { expectedFrames, runLeads, type Source } from "../builder/models/model.ts";
import { buildRun } from "../builder/run/build_run.ts";
import { setUpRoots } from "../builder/publish/set_up_roots.ts";
import { newestRun } from "../builder/run/newest_run.ts";
import { promotionRules } from "../builder/publish/validate_run.ts";
import { sourcesInOrder } from "../builder/sources/layout.ts";
import { workerCount } from "../builder/run/worker_count.ts";
import { WorkerPool } from "../builder/operations/worker_pool.ts";
import { parseOptions } from "../builder/cli/arguments.ts";
import { Progress } from "../builder/cli/progress.ts";
import { runMain } from "../builder/cli/run_main.ts";
import { rejectWhen, stopOnSignals } from "../builder/cli/stop_signal.ts";
import { say } from "../builder/operations/terminal.ts";
import { UsageError } from "../builder/cli/usage_error.ts";

const HOUR_MS = 3_600_000;
const DEFAULT_HOURS = 13;
const MOST_HOURS = 19;
const USAGE = `usage: ./twf demo [--live] [--hours N]
  builds a synthetic HRRR run and serves it; --live builds the newest real run instead
  --hours N          the first N hours of the run; default: ${DEFAULT_HOURS}
  TWF_V3_PORT=8300 ./twf demo serves at another port; TWF_V3_DATA_ROOT names the data root: the demo is kept in its folder "demo"`;

const OPTIONS = { live: { type: "boolean" }, hours: { type: "string" } } as const;

async function main(args: readonly string[]): Promise<void> {
  const { live: isLive = false, hours: hourText } = parseOptions(args, OPTIONS);
  const hours = hourCount(hourText);
  const configuration = parseConfiguration(Deno.env.toObject());
  gdal(); // registers drivers before any Worker starts, and fails early
  const port = freePort(configuration);
  using stop = stopOnSignals();
  const started = performance.now();
  const dataRoot = `${demoFolder(configuration)}/${isLive ? "live" : "synthetic"}`;
  const buildDemo = isLive ? buildLive : buildSynthetic;
  const built = await Promise.race([
    buildDemo({ configuration, dataRoot, hours, signal: stop.signal }),
    rejectWhen(stop.signal),
  ]);
  say(`${built} frames in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  await serveChild({ host: configuration.host, port, dataRoot, signal: stop.signal });
}

/**
 * Returns the port to serve on, after checking that it is free before anything is built or removed.
 * @throws UsageError when it is taken
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

/** Returns the demo's own folder, so that a demo never mixes with runs that people rely on. */
function demoFolder({ roots }: Configuration): string {
  return `${roots.data}/demo`;
}

function hourCount(text: string | undefined): number {
  if (text === undefined) return DEFAULT_HOURS;
  if (/^[1-9][0-9]?$/.test(text) && Number(text) <= MOST_HOURS) return Number(text);
  throw new UsageError(`--hours "${text}": expected a number from 1 to ${MOST_HOURS}`);
}

/** Settings of a demo's build. */
interface DemoRequest {
  readonly configuration: Configuration;
  readonly dataRoot: string;
  /** The first hours of the run. */
  readonly hours: number;
  readonly signal: AbortSignal;
}

/**
 * Writes the files of a synthetic run to a bucket's folder, and builds the run from there like any other. Existing
 * frames are not built again.
 */
async function buildSynthetic({ configuration, dataRoot, hours: count, signal }: DemoRequest): Promise<number> {
  const folder = `${dataRoot}/bucket`;
  const known = await recentRun(rootsBelow(dataRoot), new Date());
  if (known === null) await removeTree(dataRoot);
  const run = known ?? runIdOf(new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS));
  const hours = runLeads(hrrr, run).slice(0, count);
  const missing = await missingHours(rootsBelow(dataRoot), run, hours);
  if (missing.length === 0) {
    say(`The synthetic HRRR run ${run} with ${hours.length} hours already exists`);
    return expectedFrames(hrrr, run, hrrr.variables, hours);
  }
  say(`Building a synthetic HRRR run (${run}, ${count} hours). It is not a forecast.`);
  await using bucket = serveBucket(folder);
  using progress = new Progress();
  const synthesized = progress.bar("GRIB2 files", missing.length);
  using synthesizers = new WorkerPool<SynthesizeJob, void>(
    new URL("./synthesize_worker.ts", import.meta.url),
    workerCount(configuration),
  );
  await Promise.all(missing.map(async (lead) => {
    await synthesizers.run({ folder, run, lead });
    synthesized.step();
  }));
  const sources = [{ id: "synthetic", baseUrl: bucket.baseUrl }];
  return await build({ configuration, dataRoot, run, hours, sources, progress, signal });
}

/** Returns the hours of which a frame is missing. */
async function missingHours(roots: DataRoots, run: RunId, hours: readonly Lead[]): Promise<Lead[]> {
  // A damaged manifest counts as missing.
  const manifest = await readJsonOrNull(locate(roots, manifestPath(hrrr.id, run)), manifestSchema);
  return hours.filter((lead) => {
    const wanted = expectedFrames(hrrr, run, hrrr.variables, [lead]);
    const variables = Object.values(manifest?.variables ?? {});
    return variables.filter(({ frames }) => frames.some((frame) => leadOf(frame) === lead)).length < wanted;
  });
}

async function buildLive({ configuration, dataRoot, hours: count, signal }: DemoRequest): Promise<number> {
  const sourcesFor = (run: RunId) => sourcesInOrder(hrrr, configuration.sourcePriority, run);
  const run = await newestRun(hrrr, { now: new Date(), dataRoot, signal, sourcesFor });
  say(`Building HRRR ${run} from the live feeds`);
  const hours = runLeads(hrrr, run).slice(0, count);
  const sources = sourcesFor(run);
  using progress = new Progress();
  return await build({ configuration, dataRoot, run, hours, sources, progress, signal });
}

interface DemoBuild {
  readonly configuration: Configuration;
  readonly dataRoot: string;
  readonly run: RunId;
  readonly hours: readonly Lead[];
  readonly sources: readonly Source[];
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Builds a run with the builder's own pipeline. @returns the number of frames. @throws Error when one failed */
async function build({ configuration, dataRoot, progress, ...rest }: DemoBuild): Promise<number> {
  const frames = expectedFrames(hrrr, rest.run, hrrr.variables, rest.hours);
  const bar = progress.bar("Frames", frames);
  const roots = rootsBelow(dataRoot);
  await setUpRoots(roots);
  const outcomes = await buildRun({
    ...rest,
    roots,
    model: hrrr,
    variables: hrrr.variables,
    workers: workerCount(configuration),
    keepRuns: configuration.keepRuns,
    promotion: promotionRules(hrrr.id, true, { roots, minFreeBytes: 0 }),
    onOutcome: () => bar.step(),
  });
  const failure = outcomes.find(({ status }) => status === "failed");
  if (failure) {
    throw new Error(`${failure.frame.var} forecast hour ${leadText(failure.frame.lead)} failed: ${failure.reason}`);
  }
  const waiting = outcomes.filter(({ status }) => status === "waiting").length;
  if (waiting > 0) say(`${waiting} frames are not available yet`);
  return frames - waiting;
}

if (import.meta.main) await runMain(main, USAGE);
