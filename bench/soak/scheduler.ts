import { rootsBelow } from "../../contract/paths.ts";
import { stopOnSignals } from "../../builder/cli/stop_signal.ts";
import { print } from "../../builder/operations/terminal.ts";
import { leastFreeBytes } from "../../builder/disk/free_bytes.ts";
import { gdal } from "../../builder/gdal/library.ts";
import { promotionRules } from "../../builder/publish/validate_run.ts";
import { runSchedule } from "../../builder/schedule/schedule.ts";
import { holdSchedulerLock } from "../../builder/schedule/scheduler_lock.ts";
import { delay } from "../../builder/sources/host_gate.ts";
import { fastNow, type FastTime, SOAK_MODELS } from "./models.ts";

/** The unchanged scheduler on a clock that runs faster. The scheduler prints one JSON line per event on stdout. */
const { modelId, bucketUrl, dataRoot, time } = JSON.parse(Deno.args[0]!) as {
  modelId: string;
  bucketUrl: string;
  dataRoot: string;
  time: FastTime;
};
const model = SOAK_MODELS[modelId]!;
const roots = rootsBelow(dataRoot);
gdal();
using _lock = await holdSchedulerLock(dataRoot, model.id);
using stop = stopOnSignals();
await runSchedule({
  model,
  roots,
  workers: 1,
  keepRuns: 2,
  minFreeBytes: 0,
  backfill: 0,
  once: false,
  signal: stop.signal,
  clock: {
    now: () => fastNow(time),
    sleep: (ms, signal) => delay(Math.max(500, ms / time.factor), signal),
  },
  promotion: promotionRules(model.id, true, { roots, minFreeBytes: 0 }),
  sourcesFor: () => [{ id: "bucket", baseUrl: bucketUrl }],
  freeBytes: () => leastFreeBytes(roots),
  report: (event) => {
    if (event.kind === "frame" && event.outcome.status === "waiting") return;
    print(JSON.stringify({ ...event, rss: Deno.memoryUsage().rss }));
  },
});
