import { cycleTime, type ModelId, type RunId } from "../../contract/identity.ts";
import type { FrameOutcome } from "../hour/frame_outcome.ts";
import type { ScheduleEvent } from "./schedule_types.ts";
import * as metrics from "../operations/metrics.ts";

/** Checks that a validation may fail at. */
const CHECKS = ["gates", "free disk", "manifest", "artifacts", "picture"] as const;
/** Errors that alerts query. */
const ERRORS = ["GateError", "GdalError", "BadGribError", "DiskError", "WorkerDiedError"] as const;

/**
 * Sets counters to zero at the start: a monitoring system cannot see the first step of a counter that begins with it.
 */
export function begin(model: ModelId): void {
  for (const status of ["published", "failed", "given_up"]) metrics.frames.inc({ model, status }, 0);
  for (const check of CHECKS) metrics.validationResults.inc({ model, check, outcome: "failed" }, 0);
  for (const error of ERRORS) metrics.frameErrors.inc({ model, error }, 0);
  metrics.brokenRounds.inc({ model }, 0);
  metrics.retries.inc({ model }, 0);
  metrics.interruptedFrames.inc({ model }, 0);
}

/** Counts an event of the scheduler. */
export function observe(model: ModelId, event: ScheduleEvent): void {
  switch (event.kind) {
    case "frame":
      return observeFrame(model, event.outcome);
    case "given up":
      return metrics.frames.inc({ model, status: "given_up" });
    case "retry":
      return metrics.retries.inc({ model });
    case "promoted":
      return observeLatest(model, event.run);
    case "removed":
      return metrics.runBuildSeconds.remove({ model, run: event.run });
    case "round broken":
      return metrics.brokenRounds.inc({ model });
    case "waiting":
      metrics.upstreamLag.set({ model }, event.overdueMs / 1000);
      return metrics.lastRound.set({ model }, Date.now() / 1000);
    case "interrupted":
      return metrics.interruptedFrames.inc({ model }, event.frames);
    case "upstream changed":
    case "strange index":
    case "run done":
    case "retired":
    case "withheld":
    case "refused":
    case "root missing":
    case "roots are back":
    case "disk full":
      return; // counted where they are measured
  }
}

export function observeLatest(model: ModelId, run: RunId): void {
  metrics.latestRun.set({ model }, cycleTime(run).getTime() / 1000);
}

function observeFrame(model: ModelId, { frame, status, failure, errorName, timingsMs, lagS }: FrameOutcome): void {
  if (status === "published") {
    metrics.frames.inc({ model, status });
    metrics.validationResults.inc({ model, check: "gates", outcome: "passed" });
    if (lagS !== undefined) metrics.publishLag.observe({ model }, lagS);
    let totalS = 0;
    for (const [phase, ms] of Object.entries(timingsMs ?? {})) {
      metrics.buildDuration.observe({ model, var: frame.var, phase }, ms / 1000);
      if (phase !== "fetch") totalS += ms / 1000; // an hour's variables are fetched together
    }
    metrics.buildDuration.observe({ model, var: frame.var, phase: "total" }, totalS);
    metrics.runBuildSeconds.inc({ model, run: frame.run }, totalS);
  } else if (status === "failed") {
    metrics.frames.inc({ model, status });
    metrics.frameErrors.inc({ model, error: errorName ?? "Error" });
    if (failure === "gate") metrics.validationResults.inc({ model, check: "gates", outcome: "failed" });
  }
}
