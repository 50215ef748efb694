import { parseConfiguration } from "../../contract/environment.ts";
import { type ModelId, modelIdSchema, type RunId } from "../../contract/identity.ts";
import type { DataRoots } from "../../contract/paths.ts";
import { requireVerifiedFeed } from "../feed_check/feed_record.ts";
import { BYTES_PER_GB, leastFreeBytes } from "../disk/free_bytes.ts";
import { gdal } from "../gdal/library.ts";
import { freeDisk, freeDiskWanted } from "../operations/metrics.ts";
import { begin, observe, observeLatest } from "../schedule/observe.ts";
import { serveMetrics } from "../operations/serve_metrics.ts";
import { findModel } from "../models/registry.ts";
import { latestOrDamage } from "../publish/latest_pointer.ts";
import { setUpRoots } from "../publish/set_up_roots.ts";
import { promotionRules } from "../publish/validate_run.ts";
import { workerCount } from "../run/worker_count.ts";
import { RootWatch } from "../schedule/root_watch.ts";
import { runSchedule } from "../schedule/schedule.ts";
import type { Schedule, ScheduleEvent } from "../schedule/schedule_types.ts";
import { holdSchedulerLock } from "../schedule/scheduler_lock.ts";
import { describeStartup, saveStartupRecord } from "../operations/startup_record.ts";
import { delay } from "../sources/host_gate.ts";
import { DiskError } from "../disk/disk_error.ts";
import { writeHealth } from "../sources/health_file.ts";
import { sourcesInOrder } from "../sources/layout.ts";
import { sourcesHealth } from "../sources/source_health.ts";
import { parseNeeded, parseOptions, rootsOf } from "./arguments.ts";
import { runMain, StoppedError } from "./run_main.ts";
import { makeReporter } from "./schedule_reporter.ts";
import { rejectWhen, stopOnSignals } from "./stop_signal.ts";
import { UsageError } from "./usage_error.ts";

const USAGE = `usage: deno task schedule --model hrrr [options]
  --once             build what there is now, and end
  --backfill N       runs before the newest to catch up on; default: 0
  --source NAMES     mirrors in the order to try, separated by commas, or a base URL (http:, https:, file:)
                     laid out like the bucket
  --data-root DIR    default: TWF_V3_DATA_ROOT, or ./data/v3`;

const OPTIONS = {
  model: { type: "string" },
  once: { type: "boolean" },
  backfill: { type: "string" },
  source: { type: "string" },
  "data-root": { type: "string" },
} as const;

const MAX_BACKFILL = 48;
const HOUR_MS = 3_600_000;

/**
 * Runs `deno task schedule` until it is stopped: waits for cycles, builds hours as they appear, publishes them, removes
 * old runs.
 */
async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, OPTIONS);
  const configuration = parseConfiguration(Deno.env.toObject());
  const model = findModel(parseNeeded("model", modelIdSchema, options.model));
  const backfill = parseBackfill(options.backfill);
  const roots = rootsOf(options["data-root"], configuration.roots);
  const sourceNames = options.source?.split(",") ?? configuration.sourcePriority;
  gdal();
  using stop = stopOnSignals();
  const minFreeBytes = configuration.minFreeGb * BYTES_PER_GB;
  const name = `scheduler-${model.id}`;
  begin(model.id);
  freeDiskWanted.set(minFreeBytes);
  using reporter = await makeReporter(configuration, name, model);
  const report = (event: ScheduleEvent) => {
    observe(model.id, event);
    if (event.kind === "waiting") {
      void measureDisk(roots);
      void tellHealth(roots, model.id);
    }
    reporter.report(event);
  };
  const schedule: Schedule = {
    model,
    roots,
    workers: workerCount(configuration),
    keepRuns: configuration.keepRuns,
    keepCaughtUpMs: configuration.keepHandBuiltHours * HOUR_MS,
    minFreeBytes,
    backfill,
    once: options.once ?? false,
    signal: stop.signal,
    clock: { now: () => new Date(), sleep: delay },
    sourcesFor: (run: RunId) => sourcesInOrder(model, sourceNames, run),
    promotion: promotionRules(model.id, configuration.publishEnabled, { roots, minFreeBytes }),
    freeBytes: () => leastFreeBytes(roots),
    report,
  };
  try {
    if (schedule.once) await setUpRoots(roots);
    else await waitForRoots(schedule, configuration.metricsPort);
    if (!options.source) await requireVerifiedFeed(roots.data, model);
    using _lock = await holdSchedulerLock(roots.data, model.id);
    await measureDisk(roots);
    const { latest, damage } = await latestOrDamage(roots, model.id);
    if (latest) observeLatest(model.id, latest.run_id);
    if (damage !== null) report({ kind: "round broken", run: null, reason: damage });
    await using _metrics = metricsServer(configuration.metricsPort);
    reporter.start(await saveStartupRecord(roots.data, describeStartup(name, Deno.env.toObject())));
    await Promise.race([runSchedule(schedule), rejectWhen(stop.signal, STOP_MS)]);
  } catch (error) {
    // A signal is the normal end of the scheduler.
    if (schedule.once || !(error instanceof StoppedError)) throw error;
    reporter.stop();
  }
}

function metricsServer(port: number): AsyncDisposable | null {
  return port === 0 ? null : serveMetrics(port);
}

/**
 * Time after a signal at which the process ends, even with work left: less than the time after which a service manager
 * kills it.
 */
const STOP_MS = 8_000;

const ROOTS_POLL_MS = 10_000;

/**
 * Waits until the roots are there: a disk may be mounted later than this process starts. Meanwhile metrics show the
 * missing root.
 */
async function waitForRoots({ roots, report, clock, signal }: Schedule, metricsPort: number): Promise<void> {
  const watch = new RootWatch(roots, report);
  if (await watch.areThere()) return;
  await using _metrics = metricsServer(metricsPort);
  do await clock.sleep(ROOTS_POLL_MS, signal); while (!await watch.areThere());
}

async function measureDisk(roots: DataRoots): Promise<void> {
  try {
    freeDisk.set(await leastFreeBytes(roots));
  } catch {
    freeDisk.set(0); // a disk that cannot be queried cannot be written either
  }
}

let toldHealth = "";

/** Writes the health of the sources to the file that `status` reads, when it changed. */
async function tellHealth(roots: DataRoots, model: ModelId): Promise<void> {
  const sources = sourcesHealth();
  const text = JSON.stringify(sources.map(({ source, state, lastFailure }) => [source, state, lastFailure]));
  if (text === toldHealth) return;
  toldHealth = text;
  try {
    await writeHealth(roots.data, model, sources);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    toldHealth = ""; // the build reports a full disk; this is written again at the next wait
  }
}

function parseBackfill(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^[0-9]{1,2}$/.test(text) && Number(text) <= MAX_BACKFILL) return Number(text);
  throw new UsageError(`--backfill "${text}": expected a number of runs from 0 to ${MAX_BACKFILL}`);
}

if (import.meta.main) await runMain(main, USAGE);
