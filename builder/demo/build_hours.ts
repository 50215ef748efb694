import pLimit from "p-limit";
import type { Configuration } from "../../contract/environment.ts";
import { type ForecastHour, type FrameId, type RunId } from "../../contract/identity.ts";
import { Progress } from "../cli/progress.ts";
import { say } from "../cli/terminal.ts";
import type { BuildJob, BuildResult } from "../frame/build_worker.ts";
import { fetchInput } from "../frame/frame_input.ts";
import { hrrr } from "../models/hrrr.ts";
import { type Source, type Variable, variableHours } from "../models/model.ts";
import { isPublished, publishFrame } from "../publish/publish_frame.ts";
import { AllSourcesFailedError } from "../sources/source_error.ts";
import { WorkerPool } from "../worker_pool.ts";

/** Frames in work beyond those in Workers: enough to keep the Workers fed, and gentle to a mirror. */
const PARALLEL_DOWNLOADS = 2;

export interface HoursBuild {
  readonly configuration: Configuration;
  readonly dataRoot: string;
  readonly run: RunId;
  readonly hours: readonly ForecastHour[];
  readonly sources: readonly Source[];
  readonly variables: readonly Variable[];
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Fetches, builds and publishes the hours that there are; those no source has yet are left out and counted. */
export async function buildHours(build: HoursBuild): Promise<number> {
  const { configuration, run, hours, variables, progress } = build;
  using builders = new WorkerPool<BuildJob, BuildResult>(
    new URL("../frame/build_worker.ts", import.meta.url),
    workerCount(configuration),
  );
  const jobs = hours.flatMap((fh) =>
    variables.filter((variable) => variableHours(hrrr, variable, run).includes(fh)).map((variable) => ({
      fh,
      variable,
    }))
  );
  const bar = progress.bar("Frames", jobs.length);
  const limit = pLimit(PARALLEL_DOWNLOADS + workerCount(configuration));
  const results = await Promise.all(jobs.map(({ fh, variable }) =>
    limit(async () => {
      const isBuilt = await buildAndPublish({ model: hrrr.id, run, var: variable.id, fh }, variable, builders, build);
      bar.step();
      return isBuilt;
    })
  ));
  const built = results.filter(Boolean).length;
  if (built < jobs.length) say(`${jobs.length - built} frames are not there yet`);
  return built;
}

async function buildAndPublish(
  frame: FrameId,
  variable: Variable,
  builders: WorkerPool<BuildJob, BuildResult>,
  { dataRoot, sources, signal }: HoursBuild,
): Promise<boolean> {
  if (await isPublished(dataRoot, frame)) return true;
  try {
    const input = await fetchInput(hrrr, variable, frame, { sources, dataRoot, signal });
    await builders.run({ frame, input, dataRoot });
    await publishFrame(dataRoot, hrrr, frame);
    return true;
  } catch (error) {
    if (!(error instanceof AllSourcesFailedError && error.isNotReady)) throw error;
    return false;
  }
}

export function workerCount({ workers }: Configuration): number {
  return workers || navigator.hardwareConcurrency;
}
