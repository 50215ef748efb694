import type { Lead } from "../../contract/lead.ts";
import type { Variable } from "../models/model.ts";
import { clearCache, trimCache } from "../sources/message_cache.ts";
import { buildHour, type HourBuild } from "../hour/build_hour.ts";
import { limitHours, makeBuildPool } from "../hour/build_pool.ts";
import type { FrameOutcome } from "../hour/frame_outcome.ts";

export interface RunBuild extends HourBuild {
  readonly hours: readonly Lead[];
  readonly variables: readonly Variable[];
  readonly workers: number;
  /** Number of runs whose cached messages are kept, including this run while it is not complete. */
  readonly keepRuns: number;
  /** Called once for each frame, as soon as its outcome is known. */
  onOutcome(outcome: FrameOutcome): void;
}

/**
 * Fetches, builds and publishes the frames of a run that are not published yet, hour by hour. A frame that fails does
 * not stop the others, and a stopped run continues where it was. When all frames are published, the cached messages are
 * removed.
 */
export async function buildRun(build: RunBuild): Promise<FrameOutcome[]> {
  using pool = makeBuildPool(build.workers);
  const outcomes: FrameOutcome[] = [];
  const onOutcome = (outcome: FrameOutcome) => {
    outcomes.push(outcome);
    build.onOutcome(outcome);
  };
  const limit = limitHours(build.workers);
  await Promise.all(build.hours.map((lead) =>
    limit(() => {
      build.signal.throwIfAborted();
      return buildHour(lead, build.variables, build, pool, onOutcome);
    })
  ));
  await tidyCache(build, outcomes);
  return outcomes;
}

async function tidyCache(
  { roots, model, run, keepRuns }: RunBuild,
  outcomes: readonly FrameOutcome[],
): Promise<void> {
  const isDone = outcomes.every(({ status }) => status === "published" || status === "already published");
  if (isDone) await clearCache(roots.data, model.id, run);
  await trimCache(roots.data, model.id, keepRuns);
}
