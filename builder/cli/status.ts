import { parseConfiguration } from "../../contract/environment.ts";
import type { DataRoots } from "../../contract/paths.ts";
import { freshnessOf } from "../../contract/freshness.ts";
import { isoSeconds, modelIdSchema } from "../../contract/identity.ts";
import { compareLeads, type FrameText, leadOf, leadWords } from "../../contract/lead.ts";
import { modelGeometry } from "../../contract/models.ts";
import type { Manifest } from "../../contract/manifest.ts";
import type { Model } from "../models/model.ts";
import { findModel, MODELS } from "../models/registry.ts";
import { latestOrDamage } from "../publish/latest_pointer.ts";
import { publishedRuns } from "../publish/published_runs.ts";
import { readManifest } from "../publish/read_manifest.ts";
import { BYTES_PER_GB, freeBytes } from "../disk/free_bytes.ts";
import { BadDocumentError } from "../disk/read_json.ts";
import { retiredAt, retiredRuns } from "../publish/retired_runs.ts";
import { readHealth } from "../sources/health_file.ts";
import { usualArrival } from "../schedule/wanted_runs.ts";
import { parseNeeded, parseOptions, rootsOf } from "./arguments.ts";
import { hasDataFolder, requireDataFolder } from "./data_folder.ts";
import { runMain } from "./run_main.ts";
import { print } from "../operations/terminal.ts";

const USAGE = `usage: deno task status [options]
  --model MODEL      default: all models that have a run
  --data-root DIR    default: TWF_V3_DATA_ROOT, or ./data/v3
  --json             one JSON object on stdout`;

const OPTIONS = {
  model: { type: "string" },
  "data-root": { type: "string" },
  json: { type: "boolean" },
} as const;

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

interface RunStatus {
  readonly model: string;
  readonly run: string;
  readonly isLatest: boolean;
  readonly age_hours: number;
  readonly complete: boolean;
  readonly variables: readonly {
    id: string;
    available: number;
    expected: number;
    failed: number;
    lastFrame: FrameText | null;
  }[];
  /**
   * Minutes between the usual arrival of the last hour and the last change of the manifest; null before the first
   * frame.
   */
  readonly lag_minutes: number | null;
  readonly problem: string | null;
}

/** Runs `deno task status`: reports the published runs, their progress and their delay. */
async function main(args: readonly string[]): Promise<void> {
  const options = parseOptions(args, OPTIONS);
  const models = options.model ? [findModel(parseNeeded("model", modelIdSchema, options.model))] : MODELS;
  const roots = rootsOf(options["data-root"], parseConfiguration(Deno.env.toObject()).roots);
  // The default folder does not exist before the first build; a folder that is named explicitly must exist.
  const isNamed = options["data-root"] !== undefined || Deno.env.get("TWF_V3_DATA_ROOT") !== undefined;
  if (isNamed) await requireDataFolder(roots);
  const runs = (await Promise.all(models.map((model) => runsOf(roots, model)))).flat();
  const sources = (await Promise.all(models.map((model) => sourcesOf(roots, model)))).flat();
  const retired = (await Promise.all(models.map((model) => retiredOf(roots, model)))).flat();
  const damages = (await Promise.all(models.map((model) => damagesOf(roots, model)))).flat();
  const freeGb = await hasDataFolder(roots) ? Math.round(await freeBytes(roots.data) / BYTES_PER_GB * 10) / 10 : null;
  if (options.json) print(JSON.stringify({ runs, retired, damages, sources, free_gb: freeGb }));
  else {
    runs.forEach(describe);
    print(runs.length === 0 ? "Nothing is published" : "");
    for (const { model, run, retired_at } of retired) {
      print(`${model} ${run} is no longer listed since ${retired_at}; a later retention removes its files`);
    }
    for (const { model, problem } of damages) print(`${model}: ${problem}; verify --repair repairs it`);
    sources.forEach(describeSource);
    print(
      freeGb === null
        ? `${roots.data} does not exist yet: the first build creates it`
        : `${freeGb} GB free below ${roots.data}`,
    );
  }
}

/** Lists the problems of a model that concern no single run. */
async function damagesOf(roots: DataRoots, { id }: Model): Promise<{ model: string; problem: string }[]> {
  const { damage } = await latestOrDamage(roots, id);
  const folder = await publishedRuns(roots, id).then(() => null, (error: Error) => error.message);
  return [damage, folder].filter((problem) => problem !== null).map((problem) => ({ model: id, problem }));
}

async function runsOf(roots: DataRoots, model: Model): Promise<RunStatus[]> {
  const latest = (await latestOrDamage(roots, model.id)).latest?.run_id;
  const runs = await publishedRuns(roots, model.id).catch(() => []); // reported by `damagesOf`
  return await Promise.all(runs.map(async (run): Promise<RunStatus> => {
    const shared = {
      model: model.id,
      run,
      isLatest: run === latest,
      age_hours: Math.round(freshnessOf(modelGeometry(model.id)!, run, new Date()).ageMs / HOUR_MS * 10) / 10,
    };
    try {
      const manifest = await readManifest(roots, model.id, run);
      if (manifest === null) throw new BadDocumentError("the manifest was removed a moment ago");
      return { ...shared, ...progressOf(model, manifest), problem: null };
    } catch (error) {
      if (!(error instanceof BadDocumentError)) throw error;
      return { ...shared, complete: false, variables: [], lag_minutes: null, problem: error.message };
    }
  }));
}

interface RetiredStatus {
  readonly model: string;
  readonly run: string;
  readonly retired_at: string;
}

/** Lists a model's retired runs, whose files are still there. */
async function retiredOf(roots: DataRoots, { id }: Model): Promise<RetiredStatus[]> {
  const retired: RetiredStatus[] = [];
  for (const run of await retiredRuns(roots, id).catch(() => [])) { // reported by `damagesOf`
    const since = await retiredAt(roots, id, run);
    if (since !== null) retired.push({ model: id, run, retired_at: isoSeconds(since) });
  }
  return retired;
}

interface SourceStatus {
  readonly model: string;
  readonly source: string;
  /** False while the source is set aside after failures. */
  readonly is_asked: boolean;
  readonly aside_until: string | null;
  readonly last_failure: string | null;
  readonly last_failure_at: string | null;
  readonly last_success_at: string | null;
}

/** Reads the health of a model's sources, as its scheduler last wrote it. */
async function sourcesOf(roots: DataRoots, { id }: Model): Promise<SourceStatus[]> {
  const health = await readHealth(roots.data, id);
  return (health?.sources ?? []).map((source) => ({
    model: id,
    source: source.source,
    is_asked: source.state !== "open",
    aside_until: source.asideUntil,
    last_failure: source.lastFailure,
    last_failure_at: source.lastFailureAt,
    last_success_at: source.lastSuccessAt,
  }));
}

function describeSource({ model, source, is_asked, aside_until, last_failure, last_failure_at }: SourceStatus): void {
  const state = is_asked ? "ok" : `set aside until ${aside_until}`;
  const failure = last_failure === null ? "" : `; last failure ${last_failure_at}: ${last_failure}`;
  print(`${model} source ${source}: ${state}${failure}`);
}

function progressOf(
  model: Model,
  manifest: Manifest,
): Pick<RunStatus, "complete" | "variables" | "lag_minutes"> {
  const variables = Object.entries(manifest.variables).map(([id, variable]) => ({
    id,
    available: variable.available_frames,
    expected: variable.expected_frames,
    failed: variable.failed?.length ?? 0,
    lastFrame: variable.frames.at(-1)?.frame ?? null,
  }));
  const last = Object.values(manifest.variables).flatMap(({ frames }) => frames.map(leadOf)).sort(compareLeads).at(-1);
  const lagMs = last === undefined
    ? null
    : Date.parse(manifest.last_updated) - usualArrival(model, manifest.run, last).getTime();
  return { complete: manifest.complete, variables, lag_minutes: lagMs === null ? null : Math.round(lagMs / MINUTE_MS) };
}

function describe({ model, run, isLatest, age_hours, complete, variables, lag_minutes, problem }: RunStatus): void {
  const state = problem ?? (complete ? "complete" : "building");
  const lag = lag_minutes === null
    ? ""
    : `, last hour ${Math.abs(lag_minutes)} min ${lag_minutes < 0 ? "before" : "after"} its usual time`;
  print(`${model} ${run}${isLatest ? " LATEST" : ""}  ${age_hours} h old, ${state}${lag}`);
  for (const { id, available, expected, failed, lastFrame } of variables) {
    const failures = failed > 0 ? `  ${failed} failed` : "";
    print(
      `  ${id.padEnd(14)} ${String(available).padStart(3)}/${expected}  to +${
        lastFrame === null ? "– h" : leadWords(leadOf({ frame: lastFrame }))
      }${failures}`,
    );
  }
}

if (import.meta.main) await runMain(main, USAGE);
