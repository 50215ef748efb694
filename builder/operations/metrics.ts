import { Counter, Gauge, Histogram, Registry } from "prom-client";

/**
 * Metrics of the scheduler, with Prometheus's names and base units. Labels have few values each; only `run` is not
 * bounded by the tables, and its series are removed with the run.
 */
export const registry = new Registry();
const registers = [registry];

export const buildDuration = new Histogram({
  name: "twf_offline_tile_build_duration_seconds",
  help: 'Time a frame took, by phase; phase="total" is from the fetched messages until the manifest lists the frame',
  labelNames: ["model", "var", "phase"],
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  registers,
});

export const runBuildSeconds = new Gauge({
  name: "twf_offline_run_build_seconds",
  help: "Time spent on the frames of a run so far",
  labelNames: ["model", "run"],
  registers,
});

export const validationResults = new Counter({
  name: "twf_offline_tile_validation_results_total",
  help: "Checks by subject and outcome: the gates of a frame, the validation of a run before it is promoted",
  labelNames: ["model", "check", "outcome"],
  registers,
});

export const pointerSwitchLatency = new Histogram({
  name: "twf_offline_tile_publish_pointer_switch_latency_seconds",
  help: "Time from when a run is due for promotion until LATEST names it: its validation and the switch",
  labelNames: ["model"],
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  registers,
});

export const frames = new Counter({
  name: "twf_offline_frames_total",
  help: "Frames by outcome: published, failed (to be tried again) or given_up",
  labelNames: ["model", "status"],
  registers,
});

export const frameErrors = new Counter({
  name: "twf_offline_frame_errors_total",
  help: "Failures of frames by the error's class; GdalError is one of the native library",
  labelNames: ["model", "error"],
  registers,
});

export const retries = new Counter({
  name: "twf_offline_frame_retries_total",
  help: "Frames that were tried again after a failure",
  labelNames: ["model"],
  registers,
});

export const interruptedFrames = new Counter({
  name: "twf_offline_interrupted_frames_total",
  help: "Frames that were being built when the process before this one ended",
  labelNames: ["model"],
  registers,
});

export const publishLag = new Histogram({
  name: "twf_offline_publish_lag_seconds",
  help: "Time from the upstream object's last modification until the manifest lists the frame",
  labelNames: ["model"],
  buckets: [2, 5, 10, 20, 60, 300, 1800, 7200],
  registers,
});

export const upstreamLag = new Gauge({
  name: "twf_offline_upstream_lag_seconds",
  help: "Delay of the next hour of the newest run after its usual time; 0 before that time",
  labelNames: ["model"],
  registers,
});

export const downloadBytes = new Counter({
  name: "twf_offline_download_bytes_total",
  help: "Bytes of answers that were read completely",
  labelNames: ["source"],
  registers,
});

export const downloadErrors = new Counter({
  name: "twf_offline_download_errors_total",
  help: "Failed requests by reason; missing: the object does not exist yet",
  labelNames: ["source", "failure"],
  registers,
});

export const sourceAvailable = new Gauge({
  name: "twf_offline_source_available",
  help: "1 while a source is asked as usual, 0 while it is set aside after failures",
  labelNames: ["source"],
  registers,
});

export const sourceOpenings = new Counter({
  name: "twf_offline_source_set_aside_total",
  help: "Times that a source was set aside after failures",
  labelNames: ["source"],
  registers,
});

export const queuedJobs = new Gauge({
  name: "twf_offline_build_queue_jobs",
  help: "Jobs that wait for a Worker",
  registers,
});

export const workers = new Gauge({
  name: "twf_offline_build_workers",
  help: "Workers that build frames",
  registers,
});

export const deadWorkers = new Counter({
  name: "twf_offline_build_worker_deaths_total",
  help: "Workers that died and were replaced",
  registers,
});

export const rootOk = new Gauge({
  name: "twf_offline_root_ok",
  help: "1 while a root carries this installation's marker, 0 while its disk is missing or is a different one",
  labelNames: ["root"],
  registers,
});

export const freeDisk = new Gauge({
  name: "twf_offline_disk_free_bytes",
  help: "Free bytes on the fullest of the disks that are written to",
  registers,
});

export const freeDiskWanted = new Gauge({
  name: "twf_offline_disk_free_bytes_wanted",
  help: "TWF_V3_MIN_FREE_GB: below it nothing is built",
  registers,
});

export const brokenRounds = new Counter({
  name: "twf_offline_broken_rounds_total",
  help: "Rounds of the scheduler that ended with an error, for one run or for all",
  labelNames: ["model"],
  registers,
});

export const lastRound = new Gauge({
  name: "twf_offline_last_round_timestamp_seconds",
  help: "When the scheduler last ended a round",
  labelNames: ["model"],
  registers,
});

export const latestRun = new Gauge({
  name: "twf_offline_latest_run_timestamp_seconds",
  help: "Cycle time of the run that LATEST names",
  labelNames: ["model"],
  registers,
});

new Gauge({
  name: "process_resident_memory_bytes",
  help: "Resident memory size in bytes",
  registers,
  collect() {
    this.set(Deno.memoryUsage().rss);
  },
});

const started = Date.now() / 1000;
new Gauge({
  name: "process_start_time_seconds",
  help: "Start time of the process since unix epoch in seconds",
  registers,
  collect() {
    this.set(started);
  },
});
