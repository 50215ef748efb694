import { parseConfiguration } from "../../contract/environment.ts";
import { type ModelId, modelIdSchema, type RunId } from "../../contract/identity.ts";
import { leadFields, leadText } from "../../contract/lead.ts";
import { runOrLatestSchema } from "../../contract/api.ts";
import { requireVerifiedFeed } from "../feed_check/feed_record.ts";
import { gdal } from "../gdal/library.ts";
import { expectedFrames, type Model, runLeads } from "../models/model.ts";
import { findModel, findVariable } from "../models/registry.ts";
import { buildRun } from "../run/build_run.ts";
import type { FrameOutcome } from "../hour/frame_outcome.ts";
import { newestRun } from "../run/newest_run.ts";
import { BYTES_PER_GB } from "../disk/free_bytes.ts";
import { setUpRoots } from "../publish/set_up_roots.ts";
import { promotionRules } from "../publish/validate_run.ts";
import { sourcesInOrder } from "../sources/layout.ts";
import { workerCount } from "../run/worker_count.ts";
import { parseLeads, parseNeeded, parseOptions, rootsOf } from "./arguments.ts";
import { Progress } from "./progress.ts";
import { requireCycle } from "./require_cycle.ts";
import { runMain } from "./run_main.ts";
import { rejectWhen, stopOnSignals } from "./stop_signal.ts";
import { print, say } from "../operations/terminal.ts";

const USAGE = `usage: deno task build-run --model hrrr --run latest [options]
  --run RUN          a run such as 20260217_06z, or latest: the newest that has begun to appear
  --vars NAMES       some of the model's variables, separated by commas; default: all
  --fhs HOURS        some of the frames, such as 0-18 or 0,3,6-12; default: all
  --source NAMES     mirrors in the order to try, separated by commas, or a base URL (http:, https:, file:)
                     laid out like the bucket
  --data-root DIR    default: TWF_V3_DATA_ROOT, or ./data/v3
  --json             one JSON object on stdout`;

const OPTIONS = {
  model: { type: "string" },
  run: { type: "string" },
  vars: { type: "string" },
  fhs: { type: "string" },
  source: { type: "string" },
  "data-root": { type: "string" },
  json: { type: "boolean" },
} as const;

/**
 * Runs `deno task build-run`: builds all frames of a run that are available now. Exit code 1 when a frame failed, or
 * none is published.
 */
async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, OPTIONS);
  const configuration = parseConfiguration(Deno.env.toObject());
  const model = findModel(parseNeeded("model", modelIdSchema, options.model));
  const wanted = parseNeeded("run", runOrLatestSchema, options.run);
  const variables = options.vars?.split(",").map((id) => findVariable(model, id)) ?? model.variables;
  const roots = rootsOf(options["data-root"], configuration.roots);
  const sourceNames = options.source?.split(",") ?? configuration.sourcePriority;
  gdal(); // a missing library is reported before a fetch; drivers are registered before Workers start
  await setUpRoots(roots);
  if (!options.source) await requireVerifiedFeed(roots.data, model);
  using stop = stopOnSignals();
  const sourcesFor = (run: RunId) => sourcesInOrder(model, sourceNames, run);
  const run = wanted === "latest"
    ? await newestRun(model, { now: new Date(), dataRoot: roots.data, signal: stop.signal, sourcesFor })
    : requireCycle(model, wanted);
  const hours = parseLeads(options.fhs, runLeads(model, run));
  const build = buildRun({
    model,
    run,
    hours,
    variables,
    sources: sourcesFor(run),
    roots,
    workers: workerCount(configuration),
    keepRuns: configuration.keepRuns,
    promotion: {
      ...promotionRules(model.id, configuration.publishEnabled, {
        roots,
        minFreeBytes: configuration.minFreeGb * BYTES_PER_GB,
      }),
      keepUntil: new Date(Date.now() + configuration.keepHandBuiltHours * HOUR_MS),
    },
    signal: stop.signal,
    onOutcome: progressOf(model, run, hours.length, expectedFrames(model, run, variables, hours)),
  });
  const outcomes = await Promise.race([build, rejectWhen(stop.signal)]);
  report(model.id, run, outcomes, options.json ?? false);
}

const HOUR_MS = 3_600_000;

/** Shows a bar of frames; failures are reported at once. */
function progressOf(model: Model, run: RunId, hours: number, frames: number): (outcome: FrameOutcome) => void {
  say(`${model.id} ${run}: ${frames} frames in ${hours} hours`);
  const progress = new Progress();
  const bar = progress.bar("Frames", frames);
  let left = frames;
  return ({ frame, status, reason }) => {
    bar.step();
    if (status === "failed") say(`failed: ${frame.var} forecast hour ${leadText(frame.lead)}: ${reason}`);
    if (--left === 0) progress[Symbol.dispose]();
  };
}

function report(model: ModelId, run: RunId, outcomes: readonly FrameOutcome[], asJson: boolean): void {
  const count = (wanted: FrameOutcome["status"]) => outcomes.filter(({ status }) => status === wanted).length;
  const counts = {
    published: count("published"),
    already_published: count("already published"),
    waiting: count("waiting"),
    failed: count("failed"),
  };
  const failures = outcomes.filter(({ status }) => status === "failed")
    .map(({ frame, reason }) => ({ var: frame.var, ...leadFields(frame.lead), reason }));
  if (asJson) print(JSON.stringify({ model, run, ...counts, failures }));
  say(
    `${model} ${run}: ${counts.published} published, ${counts.already_published} already published, ` +
      `${counts.waiting} not available yet, ${counts.failed} failed`,
  );
  if (counts.failed > 0 || counts.published + counts.already_published === 0) Deno.exit(1);
}

if (import.meta.main) await runMain(main, USAGE);
