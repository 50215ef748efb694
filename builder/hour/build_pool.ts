import pLimit, { type LimitFunction } from "p-limit";
import type { BuildJob, FrameResult } from "./frame_worker.ts";
import { WorkerPool } from "../operations/worker_pool.ts";

export type BuildPool = WorkerPool<BuildJob, void, FrameResult>;

/** Starts Workers that build frames. The main thread has opened GDAL before, so that drivers are registered once. */
export function makeBuildPool(workers: number): BuildPool {
  return new WorkerPool(new URL("./frame_worker.ts", import.meta.url), workers);
}

/**
 * Hours in work at a time, beyond one for each Worker: the next hour is downloaded while this one is built. Hours begin
 * in order, so that the earliest are published first.
 */
const HOURS_AHEAD = 1;

/** Limits the hours in work at a time to the number that Workers and downloads can use. */
export function limitHours(workers: number): LimitFunction {
  return pLimit(workers + HOURS_AHEAD);
}
