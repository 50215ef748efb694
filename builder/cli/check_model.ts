import { runOrLatestSchema } from "../../contract/api.ts";
import { parseConfiguration } from "../../contract/environment.ts";
import { modelIdSchema, type RunId } from "../../contract/identity.ts";
import { leadFields, leadSpan, leadText, leadTextSchema } from "../../contract/lead.ts";
import { recordVerifiedFeed } from "../feed_check/feed_record.ts";
import { checkHour, type VariableCheck } from "../feed_check/check_feed.ts";
import { gdal } from "../gdal/library.ts";
import { runLeads, variableLeads } from "../models/model.ts";
import { findModel, findVariable } from "../models/registry.ts";
import { setUpRoots } from "../publish/set_up_roots.ts";
import { newestRun } from "../run/newest_run.ts";
import { sourcesInOrder } from "../sources/layout.ts";
import { parseNeeded, parseOptions, rootsOf } from "./arguments.ts";
import { requireCycle } from "./require_cycle.ts";
import { runMain } from "./run_main.ts";
import { stopOnSignals } from "./stop_signal.ts";
import { print, say } from "../operations/terminal.ts";
import { UsageError } from "./usage_error.ts";

const USAGE = `usage: deno task check-model --model rrfs [options]
  --source NAMES     mirrors in the order to try, separated by commas, or a base URL (http:, https:, file:)
                     whose paths follow the model's layout; default: the model's own
  --run RUN          a run such as 20260217_06z, or latest; default: the newest that has begun to appear
  --fh HOUR          default: the first hour that all of the variables have
  --vars NAMES       some of the model's variables, separated by commas; default: all
  --data-root DIR    default: TWF_V3_DATA_ROOT, or ./data/v3
  --json             one JSON object on stdout`;

const OPTIONS = {
  model: { type: "string" },
  source: { type: "string" },
  run: { type: "string" },
  fh: { type: "string" },
  vars: { type: "string" },
  "data-root": { type: "string" },
  json: { type: "boolean" },
} as const;

/**
 * Runs `deno task check-model`: checks that a source's files agree with the model's table. Exits with 1 when a
 * variable does not.
 */
async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, OPTIONS);
  const configuration = parseConfiguration(Deno.env.toObject());
  const model = findModel(parseNeeded("model", modelIdSchema, options.model));
  const variables = options.vars?.split(",").map((id) => findVariable(model, id)) ?? model.variables;
  const wanted = parseNeeded("run", runOrLatestSchema, options.run ?? "latest");
  const roots = rootsOf(options["data-root"], configuration.roots);
  const sourceNames = options.source?.split(",") ?? null;
  gdal();
  await setUpRoots(roots);
  using stop = stopOnSignals();
  const { signal } = stop;
  const sourcesFor = (run: RunId) => sourcesInOrder(model, sourceNames, run);
  const run = wanted === "latest"
    ? await newestRun(model, { now: new Date(), dataRoot: roots.data, signal, sourcesFor })
    : requireCycle(model, wanted);
  const common = runLeads(model, run).filter((lead) =>
    variables.every((variable) => variableLeads(model, variable, run).includes(lead))
  );
  const [first] = common;
  if (first === undefined) {
    throw new UsageError(`No forecast hour of ${run} has all of these variables: name fewer with --vars`);
  }
  const lead = options.fh === undefined ? first : parseNeeded("fh", leadTextSchema, options.fh);
  if (!common.includes(lead)) {
    throw new UsageError(
      `--fh ${leadText(lead)}: ${run} has these variables at forecast hours ${leadSpan(common)}`,
    );
  }
  const sources = sourcesFor(run);
  const checks = await checkHour({ model, run, lead, variables, sources, dataRoot: roots.data, signal });
  checks.forEach((check) => say(lineOf(check)));
  const problems = checks.filter(({ problem }) => problem !== null).length;
  // Unattended builds rely on a check of the whole table on the model's own feed: only that is recorded.
  const isRecorded = problems === 0 && sourceNames === null && !options.vars;
  if (isRecorded) {
    await recordVerifiedFeed(roots.data, model.id, {
      run,
      ...leadFields(lead),
      variables: variables.map(({ id }) => id),
      sources: sources.map(({ id }) => id),
    });
  }
  if (options.json) {
    print(JSON.stringify({ model: model.id, run, ...leadFields(lead), recorded: isRecorded, variables: checks }));
  }
  const recorded = isRecorded ? "; recorded" : "";
  say(
    `${model.id} ${run} forecast hour ${leadText(lead)}: ${
      checks.length - problems
    } of ${checks.length} variables pass${recorded}`,
  );
  if (problems > 0) Deno.exit(1);
}

function lineOf({ id, problem, messages, range }: VariableCheck): string {
  if (problem !== null) return `FAIL  ${id}: ${problem}`;
  return `ok    ${id.padEnd(14)} ${range}, from ${messages.join(", ")}`;
}

if (import.meta.main) await runMain(main, USAGE);
