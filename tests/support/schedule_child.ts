import { gdal } from "../../builder/gdal/library.ts";
import { runSchedule } from "../../builder/schedule/schedule.ts";
import { BEGIN_MS, shortSchedule } from "./scheduler_setting.ts";

/**
 * A scheduler in its own process, for tests that limit or kill it: over a short model, with a clock that advances by
 * each wait at once. The process prints the scheduler's events as JSON lines, and ends when a run is done.
 */

const [bucket, dataRoot] = Deno.args as [string, string];
gdal();
let nowMs = BEGIN_MS;
const stop = new AbortController();
/**
 * Number of waits after which the scheduler stops, more than any run takes: the test then sees which frames are
 * missing.
 */
const MOST_WAITS = 200;
let waits = 0;
try {
  await runSchedule({
    ...shortSchedule(bucket, dataRoot),
    workers: 2,
    signal: stop.signal,
    clock: {
      now: () => new Date(nowMs),
      sleep: (ms, signal) => {
        nowMs += ms;
        if (++waits === MOST_WAITS) stop.abort();
        signal.throwIfAborted();
        return Promise.resolve();
      },
    },
    report: (event) => {
      Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(event) + "\n"));
      if (event.kind === "run done") stop.abort();
    },
  });
} catch (error) {
  if (!stop.signal.aborted) throw error;
}
Deno.exit(0);
