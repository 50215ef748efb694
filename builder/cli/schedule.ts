import { type Configuration, parseConfiguration } from "../../contract/environment.ts";
import { modelIdSchema, type RunId } from "../../contract/identity.ts";
import { requireAcquired } from "../acquisition/acquisition_record.ts";
import { BYTES_PER_GB, freeBytes } from "../disk/free_bytes.ts";
import { gdal } from "../gdal/library.ts";
import { findModel } from "../models/registry.ts";
import { runSchedule, type ScheduleEvent } from "../schedule/schedule.ts";
import { holdSchedulerLock } from "../schedule/scheduler_lock.ts";
import { delay } from "../sources/host_gate.ts";
import { sourcesInOrder } from "../sources/layout.ts";
import { workerCount } from "../worker_pool.ts";
import { parseNeeded, parseOptions, rootsOf } from "./arguments.ts";
import { runMain } from "./run_main.ts";
import { rejectWhen, stopOnSignals } from "./stop_signal.ts";
import { say } from "./terminal.ts";
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

/** `deno task schedule`: waits for cycles, builds hours as they appear, publishes them, removes old runs. For ever. */
async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, OPTIONS);
  const configuration = parseConfiguration(Deno.env.toObject());
  const model = findModel(parseNeeded("model", modelIdSchema, options.model));
  const backfill = parseBackfill(options.backfill);
  const roots = rootsOf(options["data-root"], configuration.roots);
  const sourceNames = options.source?.split(",") ?? configuration.sourcePriority;
  gdal();
  if (!options.source) await requireAcquired(roots.data, model);
  using _lock = await holdSchedulerLock(roots.data, model.id);
  using stop = stopOnSignals();
  const work = runSchedule({
    model,
    roots,
    workers: workerCount(configuration),
    keepRuns: configuration.keepRuns,
    minFreeBytes: configuration.minFreeGb * BYTES_PER_GB,
    backfill,
    once: options.once ?? false,
    signal: stop.signal,
    clock: { now: () => new Date(), sleep: delay },
    sourcesFor: (run: RunId) => sourcesInOrder(model, sourceNames, run),
    freeBytes: () => freeBytes(roots.data),
    report: reporter(configuration, model.id),
  });
  await Promise.race([work, rejectWhen(stop.signal)]);
}

function parseBackfill(text: string | undefined): number {
  if (text === undefined) return 0;
  if (/^[0-9]{1,2}$/.test(text) && Number(text) <= MAX_BACKFILL) return Number(text);
  throw new UsageError(`--backfill "${text}": expected a number of runs from 0 to ${MAX_BACKFILL}`);
}

/** Lines for people on a terminal, JSON lines elsewhere: for a journal, with what they are about. */
function reporter({ appName, environment }: Configuration, model: string): (event: ScheduleEvent) => void {
  const write = Deno.stderr.isTerminal()
    ? (event: ScheduleEvent) => say(`${new Date().toISOString().slice(11, 19)} ${wordsOf(event)}`)
    : (event: ScheduleEvent) => say(JSON.stringify(lineOf(event)));
  const lineOf = (event: ScheduleEvent) => ({
    "@timestamp": new Date().toISOString(),
    level: levelOf(event),
    logger: appName,
    environment,
    model,
    message: wordsOf(event),
    ...fieldsOf(event),
  });
  // A frame that is not there yet is asked for every few seconds, and no news.
  return (event) => {
    if (event.kind !== "frame" || event.outcome.status !== "waiting") write(event);
  };
}

function wordsOf(event: ScheduleEvent): string {
  switch (event.kind) {
    case "frame": {
      const { frame, status, reason } = event.outcome;
      const why = status === "failed" ? `: ${reason}` : "";
      return `${status}: ${frame.model} ${frame.run} ${frame.var} forecast hour ${frame.fh}${why}`;
    }
    case "given up": {
      const { frame, attempts, reason } = event;
      return `given up after ${attempts} tries: ${frame.run} ${frame.var} forecast hour ${frame.fh}: ${reason}`;
    }
    case "run done":
      return `${event.run} is done`;
    case "removed":
      return `${event.run} was removed`;
    case "disk full":
      return `nothing is built: ${
        (event.freeBytes / BYTES_PER_GB).toFixed(1)
      } GB are free, TWF_V3_MIN_FREE_GB asks for more`;
    case "waiting":
      return `asking again for ${event.runs.join(", ") || "a new cycle"} in ${Math.round(event.ms / 1000)} s`;
  }
}

function levelOf(event: ScheduleEvent): string {
  if (event.kind === "given up" || event.kind === "disk full") return "ERROR";
  return event.kind === "frame" && event.outcome.status === "failed" ? "WARN" : "INFO";
}

function fieldsOf(event: ScheduleEvent): Record<string, unknown> {
  switch (event.kind) {
    case "frame": {
      const { frame, status, timingsMs } = event.outcome;
      return { run: frame.run, var: frame.var, fh: frame.fh, status, ...(timingsMs ? { timings_ms: timingsMs } : {}) };
    }
    case "given up":
      return { run: event.frame.run, var: event.frame.var, fh: event.frame.fh };
    case "run done":
    case "removed":
      return { run: event.run };
    default:
      return {};
  }
}

if (import.meta.main) await runMain(main, USAGE);
