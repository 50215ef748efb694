import { type ForecastHour, type FrameId, frameId, type RunId, type VarId } from "../../contract/identity.ts";
import { hasFrame } from "../../contract/manifest.ts";
import type { DataRoots } from "../../contract/paths.ts";
import { fetchInputs, type FrameInput } from "../frame/frame_input.ts";
import { type Model, type Source, type Variable, variableHours } from "../models/model.ts";
import type { PromotionRules } from "../publish/latest_pointer.ts";
import { reachPhase } from "../publish/phases.ts";
import { readManifest } from "../publish/read_manifest.ts";
import { requireRoots } from "../publish/root_markers.ts";
import { canResumePublish } from "../publish/staged_frame.ts";
import { doubtObject } from "../sources/doubted_objects.ts";
import type { RetryPolicy } from "../sources/http_store.ts";
import type { Patience } from "../sources/race_sources.ts";
import { AllSourcesFailedError } from "../sources/source_error.ts";
import { noteWrong } from "../sources/source_health.ts";
import { WorkerJobError } from "../operations/worker_pool.ts";
import type { BuildPool } from "./build_pool.ts";
import { type FrameOutcome, isDiskTrouble, outageIf } from "./frame_outcome.ts";
import { doubtInput } from "./doubt_input.ts";
import { publishStaged } from "./publish_staged.ts";
import { groupBySharedMessages } from "./shared_messages.ts";

type OnOutcome = (outcome: FrameOutcome) => void;

/** The run of an hour and the means to build it. */
export interface HourBuild {
  readonly model: Model;
  readonly run: RunId;
  /** Sources in the order to try them. */
  readonly sources: readonly Source[];
  readonly roots: DataRoots;
  readonly signal: AbortSignal;
  readonly retryPolicy?: RetryPolicy;
  readonly patience?: Patience;
  readonly promotion: PromotionRules;
  /** Called before any work on frames begins, with the frames and the files of their messages. */
  onBegin?(frames: readonly { readonly frame: FrameId; readonly files: readonly string[] }[]): Promise<void>;
}

/**
 * Head start of primary variables, in hours: they are built before others of hours that are earlier by up to this many,
 * since a run is promoted once it has them.
 */
const PRIMARY_LEAD_HOURS = 3;

/**
 * Fetches, builds and publishes variables of one forecast hour, and reports the outcome of each.
 * @throws RootError when a root is missing: nothing is fetched to where a disk should be
 */
export async function buildHour(
  fh: ForecastHour,
  variables: readonly Variable[],
  build: HourBuild,
  pool: BuildPool,
  onOutcome: OnOutcome,
): Promise<void> {
  const { model, run, roots, sources } = build;
  await requireRoots(roots);
  const frameOf = (variable: Variable): FrameId => frameId(model, run, variable.id, fh);
  const published = await readManifest(roots, model.id, run);
  const providers = sources.map(({ id }) => id);
  const missing: Variable[] = [];
  for (const variable of variables) {
    if (!variableHours(model, variable, run).includes(fh)) continue;
    const frame = frameOf(variable);
    if (published && hasFrame(published, frame)) onOutcome({ frame, status: "already published" });
    else if (await canResumePublish(roots, frame, providers)) onOutcome(await publishStaged(frame, {}, null, build));
    else missing.push(variable);
  }
  let pending: Pending[] = missing.map((variable) => ({ variable, wrong: null }));
  while (pending.length > 0) pending = await tryOnce(pending, fh, build, pool, onOutcome);
}

/** A frame to build, and the source of the bytes with which it failed before. */
interface Pending {
  readonly variable: Variable;
  readonly wrong: { readonly source: Source; readonly reason: string } | null;
}

/**
 * Fetches and builds variables of one forecast hour, and reports the outcome of each.
 * @returns those that failed because of bytes for which another source may have better ones
 */
async function tryOnce(
  pending: readonly Pending[],
  fh: ForecastHour,
  build: HourBuild,
  pool: BuildPool,
  onOutcome: OnOutcome,
): Promise<Pending[]> {
  const { model, run, roots, sources } = build;
  const frameOf = (variable: Variable): FrameId => frameId(model, run, variable.id, fh);
  const { ready, fetchMs } = await fetchReady(pending.map(({ variable }) => variable), fh, build, frameOf, onOutcome);
  const groups = groupBySharedMessages(ready.map(({ variable }) => variable), fh);
  const again: Pending[] = [];
  await Promise.all(groups.map(async (group) => {
    const inputOf = (id: VarId) => ready.find(({ variable }) => variable.id === id)!.input;
    const job = group.map(({ id }) => ({ id, input: inputOf(id) }));
    await build.onBegin?.(group.map((variable) => ({
      frame: frameOf(variable),
      files: inputOf(variable.id).messages.map(({ path }) => path),
    })));
    const rank = fh + (group.some(({ primary }) => primary) ? 0 : PRIMARY_LEAD_HOURS);
    try {
      for (const result of await pool.run({ model: model.id, run, fh, variables: job, roots }, rank)) {
        const frame = frameId(model, run, result.id, fh);
        if (result.ok) {
          reachPhase("staged", frame);
          const timingsMs = { fetch: fetchMs, ...result.timingsMs };
          const before = pending.find(({ variable }) => variable.id === result.id)!.wrong;
          // The first source gave wrong bytes and another gave right ones: the first is to blame.
          if (before) noteWrong(before.source, before.reason);
          onOutcome(await publishStaged(frame, timingsMs, inputOf(result.id).modified, build));
        } else {
          const { errorName, message } = result;
          const reason = `${errorName}: ${message}`;
          const source = isDiskTrouble(errorName) ? null : await doubtInput(inputOf(result.id), sources);
          if (source) {
            const variable = group.find(({ id }) => id === result.id)!;
            again.push({ variable, wrong: { source, reason } });
          } else onOutcome({ frame, status: "failed", errorName, reason, ...outageIf(errorName) });
        }
      }
    } catch (error) {
      // The Worker died: all frames of its job failed with it.
      if (!(error instanceof WorkerJobError)) throw error;
      for (const variable of group) {
        inputOf(variable.id).objects.forEach(({ url }) => doubtObject(url));
        onOutcome({ frame: frameOf(variable), status: "failed", errorName: error.name, reason: error.message });
      }
    }
  }));
  return again;
}

interface ReadyVariable {
  readonly variable: Variable;
  readonly input: FrameInput;
}

/** Fetches messages and returns the variables that have all of theirs. Reports an outcome for the others. */
async function fetchReady(
  missing: readonly Variable[],
  fh: ForecastHour,
  { model, run, roots, ...options }: HourBuild,
  frameOf: (variable: Variable) => FrameId,
  onOutcome: OnOutcome,
): Promise<{ ready: ReadyVariable[]; fetchMs: number }> {
  const started = performance.now();
  const inputs = await fetchInputs(model, missing, { run, fh }, { ...options, dataRoot: roots.data });
  const ready: ReadyVariable[] = [];
  for (const variable of missing) {
    const input = inputs.get(variable.id)!;
    if (input instanceof AllSourcesFailedError) {
      onOutcome({
        frame: frameOf(variable),
        status: input.isNotReady ? "waiting" : "failed",
        errorName: input.name,
        reason: input.message,
        ...(input.isOutage ? { isOutage: true } : {}),
        ...(input.strangeness === null ? {} : { strangeness: input.strangeness }),
      });
    } else {
      ready.push({ variable, input });
      reachPhase("fetched", frameOf(variable));
    }
  }
  return { ready, fetchMs: Math.round(performance.now() - started) };
}
