import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import type { RunId } from "../../contract/identity.ts";
import { leadText } from "../../contract/lead.ts";
import { manifestSchema } from "../../contract/manifest.ts";
import { manifestPath, rootsBelow } from "../../contract/paths.ts";
import { promotionRules } from "../../builder/publish/validate_run.ts";
import { runSchedule } from "../../builder/schedule/schedule.ts";
import type { Schedule, ScheduleEvent } from "../../builder/schedule/schedule_types.ts";
import { SHORT } from "./short_run.ts";
import { tempDir } from "./temp_dir.ts";

export interface SchedulerSetting extends AsyncDisposable {
  readonly bucket: string;
  readonly dataRoot: string;
  readonly events: ScheduleEvent[];
  /** Runs the scheduler; at its n-th wait the clock advances and `atWait` is called, until `atWait` returns "stop". */
  run(atWait: (wait: number) => Promise<"stop" | void>, change?: Partial<Schedule>): Promise<void>;
}

/** Time at which the first hours of the short run may be published. */
export const BEGIN_MS = Date.parse("2026-02-17T03:51:00Z");

/** Returns a schedule over a short model and a bucket in a folder, without the parts that differ between tests. */
export function shortSchedule(bucket: string, dataRoot: string): Omit<Schedule, "signal" | "clock" | "report"> {
  const roots = rootsBelow(dataRoot);
  return {
    model: SHORT,
    roots,
    workers: 1,
    keepRuns: 2,
    minFreeBytes: 0,
    backfill: 0,
    once: false,
    sourcesFor: () => [{ id: "bucket", baseUrl: pathToFileURL(bucket).href + "/" }],
    promotion: promotionRules(SHORT.id, true, { roots, minFreeBytes: 0 }),
    freeBytes: () => Promise.resolve(1e12),
  };
}

/** Makes folders and a scheduler over a short model, whose clock advances by each wait at once. */
export async function schedulerSetting(): Promise<SchedulerSetting> {
  const folder = await tempDir();
  const bucket = `${folder.path}/bucket`;
  await Deno.mkdir(bucket);
  const dataRoot = `${folder.path}/data`;
  await Deno.mkdir(dataRoot);
  const events: ScheduleEvent[] = [];
  const run: SchedulerSetting["run"] = async (atWait, change = {}) => {
    let nowMs = BEGIN_MS;
    let waits = 0;
    const stop = new AbortController();
    const schedule: Schedule = {
      ...shortSchedule(bucket, dataRoot),
      signal: stop.signal,
      clock: {
        now: () => new Date(nowMs),
        sleep: async (ms, signal) => {
          nowMs += ms;
          if (await atWait(++waits) === "stop") stop.abort(new Error("enough"));
          signal.throwIfAborted();
        },
      },
      report: (event) => events.push(event),
      ...change,
    };
    if (schedule.once) await runSchedule(schedule);
    else await assert.rejects(runSchedule(schedule), /enough/);
  };
  return { bucket, dataRoot, events, run, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

/** Returns the frames of a run that its manifest lists. */
export async function framesOf(dataRoot: string, run: RunId): Promise<string[]> {
  const manifest = manifestSchema.parse(
    JSON.parse(await Deno.readTextFile(`${dataRoot}/${manifestPath(SHORT.id, run)}`)),
  );
  return Object.entries(manifest.variables).flatMap(([id, { frames }]) => frames.map(({ frame }) => `${id} ${frame}`));
}

/** Returns the run and hour of each frame that was published. */
export const publishedIn = (events: readonly ScheduleEvent[]) =>
  events.flatMap((event) =>
    event.kind === "frame" && event.outcome.status === "published"
      ? [`${event.outcome.frame.run} ${leadText(event.outcome.frame.lead)}`]
      : []
  );
