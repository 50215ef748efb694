import { parseConfiguration } from "../../contract/environment.ts";
import { frameFields, type FrameId, modelIdSchema, runIdSchema, varIdSchema } from "../../contract/identity.ts";
import { leadSpan, leadText, leadTextSchema } from "../../contract/lead.ts";
import { artifactPath, type DataRoots } from "../../contract/paths.ts";
import { PAGE_URL } from "../../contract/urls.ts";
import { buildFrame, type BuiltFrame } from "../frame/build_frame.ts";
import { fetchInputs, type FetchOptions, localInput, planVariable } from "../frame/frame_input.ts";
import { GateError } from "../gates/gate_error.ts";
import { GdalError } from "../gdal/errors.ts";
import { gdal } from "../gdal/library.ts";
import { BadGribError } from "../grib/messages.ts";
import { type Model, type Variable, variableLeads } from "../models/model.ts";
import { findModel, findVariable } from "../models/registry.ts";
import { BYTES_PER_GB } from "../disk/free_bytes.ts";
import { latestOrDamage, PROMOTION_HOURS } from "../publish/latest_pointer.ts";
import { isPublished, publishFrame, type PublishOutcome } from "../publish/publish_frame.ts";
import { setUpRoots } from "../publish/set_up_roots.ts";
import { promotionRules, RunRefusedError } from "../publish/validate_run.ts";
import { stageFrame } from "../publish/stage_frame.ts";
import { doubtInput } from "../hour/doubt_input.ts";
import { sourcesInOrder } from "../sources/layout.ts";
import { AllSourcesFailedError } from "../sources/source_error.ts";
import { parseNeeded, parseOptions, rootsOf } from "./arguments.ts";
import { runMain } from "./run_main.ts";
import { print, say } from "../operations/terminal.ts";
import { UsageError } from "./usage_error.ts";

const USAGE = `usage: deno task build-frame --model hrrr --run 20260217_06z --var tmp2m --fh 3 [options]
  --grib FILE        read local GRIB2 instead of fetching (repeatable)
  --source NAMES     mirrors in the order to try, separated by commas, or a base URL (http:, https:, file:)
                     laid out like the bucket
  --data-root DIR    default: TWF_V3_DATA_ROOT, or ./data/v3
  --publish          show the frame to readers
  --json             one JSON object on stdout`;

const OPTIONS = {
  model: { type: "string" },
  run: { type: "string" },
  var: { type: "string" },
  fh: { type: "string" },
  grib: { type: "string", multiple: true },
  source: { type: "string" },
  "data-root": { type: "string" },
  publish: { type: "boolean" },
  json: { type: "boolean" },
} as const;

const HOUR_MS = 3_600_000;

async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, OPTIONS);
  const configuration = parseConfiguration(Deno.env.toObject());
  const frame: FrameId = {
    model: parseNeeded("model", modelIdSchema, options.model),
    run: parseNeeded("run", runIdSchema, options.run),
    var: parseNeeded("var", varIdSchema, options.var),
    lead: parseNeeded("fh", leadTextSchema, options.fh),
  };
  const model = findModel(frame.model);
  const variable = findVariable(model, frame.var);
  const leads = variableLeads(model, variable, frame.run);
  if (!leads.includes(frame.lead)) {
    const has = leads.length === 0 ? "no frames" : `forecast hours ${leadSpan(leads)}`;
    throw new UsageError(`--fh ${leadText(frame.lead)}: ${frame.model} ${frame.run} has ${has} of ${variable.id}`);
  }
  if (options.grib && options.source) throw new UsageError("--grib and --source cannot be combined");
  const roots = rootsOf(options["data-root"], configuration.roots);
  const sourceNames = options.source?.split(",") ?? configuration.sourcePriority;
  const { publishEnabled, minFreeGb, keepHandBuiltHours } = configuration;
  const rules = {
    ...promotionRules(model.id, publishEnabled, { roots, minFreeBytes: minFreeGb * BYTES_PER_GB }),
    keepUntil: new Date(Date.now() + keepHandBuiltHours * HOUR_MS),
  };
  gdal(); // a missing library is reported before anything is fetched

  await setUpRoots(roots);
  if (await isPublished(roots, frame)) {
    const promoted = options.publish ? wasPromoted(await publishFrame(roots, model, frame, rules)) : false;
    report(options.json, "already_published", frame, { path: artifactPath("published", frame, "sidecar"), promoted });
    await sayWhereSeen(roots, model, frame);
    return;
  }
  const started = performance.now();
  const { built, fetchMs } = options.grib
    ? { built: buildFrame(frame, model, variable, await localInput(options.grib, variable, frame)), fetchMs: 0 }
    : await buildFetched(model, variable, frame, {
      sources: sourcesInOrder(model, sourceNames, frame.run),
      dataRoot: roots.data,
      signal: new AbortController().signal,
    });
  await stageFrame(roots, built);
  const published = options.publish ? await publishFrame(roots, model, frame, rules) : null;
  report(options.json, published ? "published" : "staged", frame, {
    path: artifactPath(published ? "published" : "staging", frame, "sidecar"),
    promoted: published !== null && wasPromoted(published),
    timings_ms: { fetch: fetchMs, ...built.timingsMs, total: Math.round(performance.now() - started) },
    sidecar: built.sidecar,
  });
  if (published) await sayWhereSeen(roots, model, frame);
}

/** Reports where the published frame can be seen: on the page, and whether run=latest names its run. */
async function sayWhereSeen(roots: DataRoots, { id, variables }: Model, frame: FrameId): Promise<void> {
  say(`./twf serve shows it at ${PAGE_URL}?model=${id}&run=${frame.run}&var=${frame.var}&fh=${leadText(frame.lead)}`);
  const { latest } = await latestOrDamage(roots, id);
  if (latest?.run_id === frame.run) return;
  const primaries = variables.filter(({ primary }) => primary).map((variable) => variable.id).join(", ");
  const named = latest === null ? "no run yet" : latest.run_id;
  say(
    `run=latest names ${named}; a newer run is promoted once it has the first ${PROMOTION_HOURS} hours of ${primaries}`,
  );
}

/** Whether the run was promoted. @throws RunRefusedError when the run is due and not fit to be shown */
function wasPromoted({ promotion }: PublishOutcome): boolean {
  if (promotion.state === "refused") throw new RunRefusedError(promotion.findings);
  return promotion.state === "promoted";
}

/**
 * Fetches and builds a frame. A source's bytes may be whole and wrong, and another source's right: the next source is
 * tried.
 * @throws AllSourcesFailedError
 * @throws BadGribError, GateError or GdalError when no source has better bytes
 */
async function buildFetched(
  model: Model,
  variable: Variable,
  frame: FrameId,
  options: FetchOptions,
): Promise<{ readonly built: BuiltFrame; readonly fetchMs: number }> {
  for (;;) {
    const started = performance.now();
    const input = (await fetchInputs(model, [planVariable(variable, frame.lead)], frame, options)).get(variable.id)!;
    if (input instanceof AllSourcesFailedError) throw input;
    const fetchMs = Math.round(performance.now() - started);
    try {
      return { built: buildFrame(frame, model, variable, input), fetchMs };
    } catch (error) {
      const isOfItsBytes = [BadGribError, GateError, GdalError].some((type) => error instanceof type);
      const source = isOfItsBytes ? await doubtInput(input, options.sources) : null;
      if (!source) throw error;
      say(`${source.id}: ${(error as Error).message}; trying another source`);
    }
  }
}

function report(asJson: boolean | undefined, status: string, frame: FrameId, details: Record<string, unknown>): void {
  if (asJson) print(JSON.stringify({ status, ...frameFields(frame), ...details }));
  say(
    `${status.replace("_", " ")}: ${frame.model} ${frame.run} ${frame.var} fh ${leadText(frame.lead)}, ${details.path}`,
  );
}

if (import.meta.main) await runMain(main, USAGE);
