import { pathToFileURL } from "node:url";
import { rootsBelow } from "../../contract/paths.ts";
import { gdal } from "../../builder/gdal/library.ts";
import { promotionRules } from "../../builder/publish/validate_run.ts";
import { runSchedule } from "../../builder/schedule/schedule.ts";
import { SHORT } from "./short_run.ts";

/**
 * A scheduler as a process of its own, for tests that limit or kill it: over a short model, with a clock that goes as fast
 * as it waits. Prints its events as JSON lines, and ends when a run is done.
 */

const [bucket, dataRoot] = Deno.args as [string, string];
gdal();
let nowMs = Date.parse("2026-02-17T03:51:00Z");
const stop = new AbortController();
const roots = rootsBelow(dataRoot);
/** Longer than any run takes: the test then sees which frames are missing. */
const MOST_WAITS = 200;
let waits = 0;
try {
  await runSchedule({
    model: SHORT,
    roots,
    workers: 2,
    keepRuns: 2,
    minFreeBytes: 0,
    backfill: 0,
    once: false,
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
    sourcesFor: () => [{ id: "bucket", baseUrl: pathToFileURL(bucket).href + "/" }],
    promotion: promotionRules(SHORT.id, true, { roots, minFreeBytes: 0 }),
    freeBytes: () => Promise.resolve(1e12),
    report: (event) => {
      Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(event) + "\n"));
      if (event.kind === "run done") stop.abort();
    },
  });
} catch (error) {
  if (!stop.signal.aborted) throw error;
}
Deno.exit(0);
