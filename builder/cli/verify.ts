import { parseConfiguration } from "../../contract/environment.ts";
import { type DataRoots, locate, manifestDirectory } from "../../contract/paths.ts";
import { type ModelId, modelIdSchema, type RunId, runIdSchema } from "../../contract/identity.ts";
import { leadText } from "../../contract/lead.ts";
import { entryNames } from "../disk/folders.ts";
import { setAside } from "../disk/set_aside.ts";
import { gdal } from "../gdal/library.ts";
import { findModel, findVariable, MODELS } from "../models/registry.ts";
import { type Model, runLeads } from "../models/model.ts";
import { latestOrDamage, repairLatest } from "../publish/latest_pointer.ts";
import { publishedRuns } from "../publish/published_runs.ts";
import { rebuildManifest } from "../publish/rebuild_manifest.ts";
import { dropFrames } from "../publish/drop_frames.ts";
import { retiredRuns } from "../publish/retired_runs.ts";
import { unlistedRuns } from "../publish/retain_runs.ts";
import { requireRootsIfSetUp } from "../publish/root_markers.ts";
import { acceptRoots } from "../publish/set_up_roots.ts";
import { validateRun } from "../publish/validate_run.ts";
import { type Choice, chosenFrames, type Verification, verifyRun } from "../publish/verify_run.ts";
import { sourcesInOrder } from "../sources/layout.ts";
import { parseLeads, parseNeeded, parseOptions, rootsOf } from "./arguments.ts";
import { requireDataFolder } from "./data_folder.ts";
import { runMain } from "./run_main.ts";
import { print, say } from "../operations/terminal.ts";
import { UsageError } from "./usage_error.ts";
import { isDifferent, refetch, refetchedFields, type Refetching, summaryOf } from "./verify_refetch.ts";

const USAGE = `usage: deno task verify [options]
  --model MODEL      default: all models
  --run RUN          default: all published runs
  --vars NAMES       some of the model's variables, separated by commas; default: all
  --fhs HOURS        some of the run's frames, such as 0-18 or 0,3,6-12; default: all
  --refetch          also fetch the bytes that the model's frames were built from again, by the receipts in their
                     sidecars, rebuild the frames in memory and compare them; nothing is written
  --source NAMES     with --refetch: the mirrors that may be asked, separated by commas, or a base URL (http:, https:,
                     file:); default: TWF_V3_SOURCE_PRIORITY, or the model's mirrors
  --repair           drop frames that are not what they should be, so that the next build makes them again; write
                     damaged manifests and a damaged LATEST.json again
  --accept-roots     mark the present roots as those of this installation, after a disk was replaced on purpose
  --data-root DIR    default: TWF_V3_DATA_ROOT, or ./data/v3
  --json             one JSON object on stdout`;

const OPTIONS = {
  model: { type: "string" },
  run: { type: "string" },
  vars: { type: "string" },
  fhs: { type: "string" },
  refetch: { type: "boolean" },
  source: { type: "string" },
  repair: { type: "boolean" },
  "accept-roots": { type: "boolean" },
  "data-root": { type: "string" },
  json: { type: "boolean" },
} as const;

const HOUR_MS = 3_600_000;

/**
 * Runs `deno task verify`: checks manifests against files, hashes and COG structure, and with `--refetch` frames against
 * the messages that they were built from. Exit code 1 when a problem remains.
 */
async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, OPTIONS);
  const wantedRun = options.run === undefined ? null : parseNeeded("run", runIdSchema, options.run);
  if (wantedRun && !options.model) throw new UsageError("--run requires --model");
  if (options.vars && !options.model) throw new UsageError("--vars requires --model");
  if (options.fhs && !options.run) throw new UsageError("--fhs requires --run");
  if (options.refetch && !options.model) throw new UsageError("--refetch requires --model");
  if (options.source && !options.refetch) throw new UsageError("--source requires --refetch");
  if (options.refetch && (options.repair || options["accept-roots"])) {
    throw new UsageError("--refetch writes nothing: it cannot be combined with --repair or --accept-roots");
  }
  const models = options.model ? [findModel(parseNeeded("model", modelIdSchema, options.model))] : MODELS;
  const isChosen = choiceOf(models[0]!, wantedRun, options);
  const configuration = parseConfiguration(Deno.env.toObject());
  const sourceNames = options.source?.split(",") ?? configuration.sourcePriority;
  const roots = rootsOf(options["data-root"], configuration.roots);
  const keepUntil = new Date(Date.now() + configuration.keepHandBuiltHours * HOUR_MS);
  await requireDataFolder(roots);
  gdal();
  if (options["accept-roots"]) {
    await acceptRoots(roots);
    say("the roots are marked as those of this installation");
  } else await requireRootsIfSetUp(roots);
  const results: { model: string; verification: Verification; dropped: number; refetched?: Refetching }[] = [];
  const unlistedLeft: RunId[] = [];
  let damagesLeft = 0;
  for (const model of models) {
    const isRepairing = options.repair ?? false;
    damagesLeft += await damageOfFolder(roots, model, isRepairing);
    for (const run of wantedRun ? [wantedRun] : await publishedRuns(roots, model.id)) {
      const verification = await verifyRun(roots, model, run, isChosen);
      const dropped = options.repair ? await repair(roots, model, verification, keepUntil) : 0;
      report(model, verification, dropped);
      if (options.refetch) {
        const frames = await chosenFrames(roots, model, run, isChosen);
        // A mirror of receipts may by now keep newer runs only: it answers for itself.
        const sources = sourceNames === null ? model.sources : sourcesInOrder(model, sourceNames, run);
        const refetched = await refetch(roots, model, frames, sources);
        results.push({ model: model.id, verification, dropped, refetched });
      } else results.push({ model: model.id, verification, dropped });
    }
    if (wantedRun === null) {
      for (const run of await unlisted(roots, model, options.repair ? keepUntil : null)) unlistedLeft.push(run);
    }
    // LATEST comes last: a run is fit to be shown once its damaged frames are gone.
    damagesLeft += await damageOfPointer(roots, model, isRepairing);
  }
  if (options.json) {
    print(
      JSON.stringify({
        runs: results.map(({ model, verification, dropped, refetched }) => ({
          model,
          ...verification,
          dropped,
          ...(refetched ? { refetched: refetched.map(refetchedFields) } : {}),
        })),
      }),
    );
  }
  const refetched = results.flatMap(({ refetched = [] }) => refetched);
  if (options.refetch) say(summaryOf(refetched));
  const left = results.reduce((sum, { verification, dropped }) => sum + verification.findings.length - dropped, 0) +
    unlistedLeft.length + damagesLeft + refetched.filter(isDifferent).length;
  say(left === 0 ? `${results.length} runs verified` : `${left} ${left === 1 ? "problem" : "problems"} left`);
  if (left > 0) Deno.exit(1);
}

/** Returns the choice of frames that the options make: all, or those of some variables or lead times. */
function choiceOf(model: Model, run: RunId | null, { vars, fhs }: { vars?: string; fhs?: string }): Choice {
  const variables = vars?.split(",").map((id) => findVariable(model, id).id);
  const leads = run === null ? undefined : fhs && parseLeads(fhs, runLeads(model, run));
  return (frame) => (variables?.includes(frame.var) ?? true) && (!leads || leads.includes(frame.lead));
}

/** Checks that manifests can be listed. @returns the number of problems left */
async function damageOfFolder(roots: DataRoots, { id }: Model, isRepairing: boolean): Promise<number> {
  const folder = locate(roots, manifestDirectory(id));
  const problem = await entryNames(folder).then(() => null, (error: Error) => error.message);
  if (problem === null) return 0;
  const mended = isRepairing ? `it was set aside as ${await setAside(folder)}` : null;
  return tellDamage(id, `Cannot read "${folder}": ${problem}`, mended);
}

/** Checks that LATEST can be read. @returns the number of problems left */
async function damageOfPointer(roots: DataRoots, { id }: Model, isRepairing: boolean): Promise<number> {
  const { damage } = await latestOrDamage(roots, id);
  if (damage === null) return 0;
  if (!isRepairing) return tellDamage(id, damage, null);
  const isFit = async (run: RunId) => (await validateRun(id, run, { roots, minFreeBytes: 0 })).length === 0;
  const run = await repairLatest(roots, id, isFit);
  const mended = run === null ? "it was set aside, since no run can be shown" : `it was written again and names ${run}`;
  return tellDamage(id, damage, mended);
}

/** Reports a problem. @returns the number of problems left: 1 when it was not repaired */
function tellDamage(id: ModelId, problem: string, mended: string | null): number {
  say(mended === null ? `FAIL  ${id}: ${problem}` : `${id}: ${problem}; ${mended}`);
  return mended === null ? 1 : 0;
}

/**
 * Reports runs with published files that no manifest names. With `keepUntil`, writes a manifest for each, with this
 * time until which the run stays.
 * @returns the runs that are left without a manifest
 */
async function unlisted(roots: DataRoots, model: Model, keepUntil: Date | null): Promise<RunId[]> {
  const known = [...await publishedRuns(roots, model.id), ...await retiredRuns(roots, model.id)];
  const runs = await unlistedRuns(roots, model.id, known);
  for (const run of runs) {
    if (keepUntil) {
      const frames = await rebuildManifest(roots, model, run, keepUntil);
      say(`${model.id} ${run}: it had no manifest: one with ${frames} frames was written`);
    } else say(`FAIL  ${model.id} ${run}: it has published files without a manifest; --repair writes one`);
  }
  return keepUntil ? [] : runs;
}

/**
 * Repairs a run: a damaged manifest is written again from the frames' own files, and a damaged frame leaves the
 * manifest.
 * @returns the number of repaired findings
 */
async function repair(
  roots: DataRoots,
  model: Model,
  { run, findings }: Verification,
  keepUntil: Date,
): Promise<number> {
  if (findings.some(({ check }) => check === "manifest")) {
    const frames = await rebuildManifest(roots, model, run, keepUntil);
    say(`${model.id} ${run}: the manifest was written again, with ${frames} frames`);
    return findings.length;
  }
  const frames = findings.map(({ frame }) => frame).filter((frame) => frame !== null);
  if (frames.length > 0) await dropFrames(roots, model.id, run, frames);
  return frames.length;
}

function report({ id }: Model, { run, frames, findings }: Verification, dropped: number): void {
  for (const { frame, problem } of findings) {
    say(`FAIL  ${id} ${run}${frame ? ` ${frame.var} forecast hour ${leadText(frame.lead)}` : ""}: ${problem}`);
  }
  const wrong = findings.filter(({ frame }) => frame !== null).length;
  const after = dropped > 0 && wrong > 0 ? `; ${dropped} dropped: the next build makes them again` : "";
  say(`${findings.length === 0 ? "ok   " : "     "} ${id} ${run}: ${frames - wrong} of ${frames} frames${after}`);
}

if (import.meta.main) await runMain(main, USAGE);
