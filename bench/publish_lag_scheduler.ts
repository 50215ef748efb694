import { parseConfiguration } from "../contract/environment.ts";
import { leadText } from "../contract/lead.ts";
import { rootsBelow } from "../contract/paths.ts";
import { leastFreeBytes } from "../builder/disk/free_bytes.ts";
import { gdal } from "../builder/gdal/library.ts";
import { hrrr } from "../builder/models/hrrr.ts";
import { print } from "../builder/operations/terminal.ts";
import { promotionRules } from "../builder/publish/validate_run.ts";
import { workerCount } from "../builder/run/worker_count.ts";
import { observe } from "../builder/schedule/observe.ts";
import { runSchedule } from "../builder/schedule/schedule.ts";
import { delay } from "../builder/sources/host_gate.ts";

/**
 * The scheduler as its command runs it, with a clock that is shifted by a number of ms: a measurement then does not
 * depend on the minute at which it starts.
 */

const [baseUrl, dataRoot, shiftMs] = Deno.args as [string, string, string];
gdal();
const configuration = parseConfiguration(Deno.env.toObject());
const roots = rootsBelow(dataRoot);
await runSchedule({
  model: hrrr,
  roots,
  workers: workerCount(configuration),
  keepRuns: configuration.keepRuns,
  minFreeBytes: 0,
  backfill: 0,
  once: false,
  signal: new AbortController().signal,
  clock: { now: () => new Date(Date.now() + Number(shiftMs)), sleep: delay },
  sourcesFor: () => [{ id: "bucket", baseUrl }],
  promotion: promotionRules(hrrr.id, true, { roots, minFreeBytes: 0 }),
  freeBytes: () => leastFreeBytes(roots),
  report: (event) => {
    observe(hrrr.id, event);
    if (event.kind === "waiting") print(`${new Date().toISOString()} waits ${Math.round(event.ms)} ms`);
    if (event.kind !== "frame" || event.outcome.status !== "published") return;
    const { frame, timingsMs } = event.outcome;
    const words = `published ${frame.var} ${leadText(frame.lead)}, ms by phase: ${JSON.stringify(timingsMs)}`;
    print(`${new Date().toISOString()} ${words}`);
  },
});
