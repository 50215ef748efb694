import pLimit, { type LimitFunction } from "p-limit";
import type { BuildJob, BuildResult } from "./frame_worker.ts";
import { WorkerPool } from "../operations/worker_pool.ts";

export type BuildPool = WorkerPool<BuildJob, BuildResult>;

/** Workers that build frames. The main thread has opened GDAL before, so that drivers are registered once. */
export function makeBuildPool(workers: number): BuildPool {
  return new WorkerPool(new URL("./frame_worker.ts", import.meta.url), workers);
}

/**
 * Hours on their way at a time, beyond one for each Worker: the next hour's download goes on while this one is built.
 * Hours begin in order, so that the earliest are shown first.
 */
const HOURS_AHEAD = 1;

/** Runs work on hours, as many at a time as there is use for. */
export function limitHours(workers: number): LimitFunction {
  return pLimit(workers + HOURS_AHEAD);
}
