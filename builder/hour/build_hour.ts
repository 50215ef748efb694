import { type FrameId, frameId, type RunId } from "../../contract/identity.ts";
import { type Lead, leadMinutes } from "../../contract/lead.ts";
import { droppedFrame, hasFrame } from "../../contract/manifest.ts";
import type { DataRoots } from "../../contract/paths.ts";
import { fetchInputs, type FrameInput, type PlannedVariable } from "../frame/frame_input.ts";
import { type Model, type Source, type Variable, variableLeads } from "../models/model.ts";
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
import type { FrameResult } from "./frame_worker.ts";
import { failed, type FrameOutcome } from "./frame_outcome.ts";
import { doubtInput } from "./doubt_input.ts";
import { publishStaged } from "./publish_staged.ts";
import { groupBySharedMessages, largestFirst, planHour } from "./plan_hour.ts";

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
 * Head start of primary variables: they are built before others whose lead time is shorter by up to this, since a run is
 * promoted once it has them.
 */
const PRIMARY_HEAD_START_MINUTES = 180;

/**
 * Fetches, builds and publishes variables of one forecast hour, and reports the outcome of each.
 * @throws RootError when a root is missing: nothing is fetched to where a disk should be
 */
export async function buildHour(
  lead: Lead,
  variables: readonly Variable[],
  build: HourBuild,
  pool: BuildPool,
  onOutcome: OnOutcome,
): Promise<void> {
  const { model, run, roots, sources } = build;
  await requireRoots(roots);
  const published = await readManifest(roots, model.id, run);
  const providers = sources.map(({ id }) => id);
  const missing: Variable[] = [];
  for (const variable of variables) {
    if (!variableLeads(model, variable, run).includes(lead)) continue;
    const frame = frameId(model, run, variable.id, lead);
    if (published && hasFrame(published, frame)) onOutcome({ frame, status: "already published" });
    else if (published && droppedFrame(published, frame)) missing.push(variable); // its published files are the dropped ones
    else if (await canResumePublish(roots, frame, providers)) onOutcome(await publishStaged(frame, {}, null, build));
    else missing.push(variable);
  }
  let pending: Pending[] = planHour(missing, lead).map((planned) => ({
    ...planned,
    frame: frameId(model, run, planned.variable.id, lead),
    wrong: null,
  }));
  while (pending.length > 0) pending = await tryOnce(pending, lead, build, pool, onOutcome);
}

/** A frame to build, and the source of the bytes with which it failed before. */
interface Pending extends PlannedVariable {
  readonly frame: FrameId;
  readonly wrong: WrongSource | null;
}

interface WrongSource {
  readonly source: Source;
  readonly reason: string;
}

/** A frame whose messages are there. */
interface Ready extends Pending {
  readonly input: FrameInput;
}

/**
 * Fetches and builds frames of one forecast hour, and reports the outcome of each.
 * @returns those that failed because of bytes for which another source may have better ones
 */
async function tryOnce(
  pending: readonly Pending[],
  lead: Lead,
  build: HourBuild,
  pool: BuildPool,
  onOutcome: OnOutcome,
): Promise<Pending[]> {
  const started = performance.now();
  const ready = await fetchReady(pending, lead, build, onOutcome);
  const fetchMs = Math.round(performance.now() - started);
  const groups = largestFirst(groupBySharedMessages(ready));
  const again = await Promise.all(groups.map((group) => buildGroup(group, lead, fetchMs, build, pool, onOutcome)));
  return again.flat();
}

/** Fetches messages and returns the frames that have all of theirs. Reports an outcome for the others. */
async function fetchReady(
  pending: readonly Pending[],
  lead: Lead,
  { model, run, roots, ...options }: HourBuild,
  onOutcome: OnOutcome,
): Promise<Ready[]> {
  const inputs = await fetchInputs(model, pending, { run, lead }, { ...options, dataRoot: roots.data });
  const ready: Ready[] = [];
  for (const each of pending) {
    const input = inputs.get(each.variable.id)!;
    if (input instanceof AllSourcesFailedError) {
      onOutcome({
        frame: each.frame,
        status: input.isNotReady ? "waiting" : "failed",
        errorName: input.name,
        reason: input.message,
        ...(input.isOutage ? { isOutage: true } : {}),
        ...(input.strangeness === null ? {} : { strangeness: input.strangeness }),
      });
    } else {
      ready.push({ ...each, input });
      reachPhase("fetched", each.frame);
    }
  }
  return ready;
}

/**
 * Builds frames that share messages in one Worker, and publishes each as soon as it is staged.
 * @returns those to try with another source
 * @throws the first error of publishing, once the Worker is done
 */
async function buildGroup(
  group: readonly Ready[],
  lead: Lead,
  fetchMs: number,
  build: HourBuild,
  pool: BuildPool,
  onOutcome: OnOutcome,
): Promise<Pending[]> {
  const { model, run, roots } = build;
  await build.onBegin?.(
    group.map(({ frame, input }) => ({ frame, files: input.messages.map(({ path }) => path) })),
  );
  const rank = leadMinutes(lead) + (group.some(({ variable }) => variable.primary) ? 0 : PRIMARY_HEAD_START_MINUTES);
  const variables = group.map(({ variable: { id }, input }) => ({ id, input }));
  const waiting = new Map(group.map((ready) => [ready.variable.id, ready]));
  const settled: Promise<PromiseSettledResult<Pending | null>[]>[] = [];
  try {
    await pool.run({ model: model.id, run, lead, variables, roots }, rank, (result) => {
      const ready = waiting.get(result.id)!;
      waiting.delete(result.id);
      settled.push(Promise.allSettled([settleFrame(result, ready, fetchMs, build, onOutcome)]));
    });
  } catch (error) {
    // The Worker died: all frames of its job that it had not built failed with it.
    if (!(error instanceof WorkerJobError)) throw error;
    for (const { frame, input } of waiting.values()) {
      input.objects.forEach(({ url }) => doubtObject(url));
      onOutcome({ frame, status: "failed", errorName: error.name, reason: error.message });
    }
  } finally {
    await Promise.all(settled);
  }
  return (await Promise.all(settled)).flat().flatMap((frame) => {
    if (frame.status === "rejected") throw frame.reason;
    return frame.value ?? [];
  });
}

/** Publishes a staged frame, or reports why it failed. @returns the frame when another source may have better bytes */
async function settleFrame(
  result: FrameResult,
  { input, ...pending }: Ready,
  fetchMs: number,
  build: HourBuild,
  onOutcome: OnOutcome,
): Promise<Pending | null> {
  const { frame, wrong } = pending;
  if (result.ok) {
    reachPhase("staged", frame);
    // The first source gave wrong bytes and another gave right ones: the first is to blame.
    if (wrong) noteWrong(wrong.source, wrong.reason);
    onOutcome(await publishStaged(frame, { fetch: fetchMs, ...result.timingsMs }, input.modified, build));
    return null;
  }
  const { failure } = result;
  const reason = `${failure.errorName}: ${failure.message}`;
  const source = failure.kind === "disk" ? null : await doubtInput(input, build.sources);
  if (source) return { ...pending, wrong: { source, reason } };
  onOutcome({ frame, ...failed(failure), reason });
  return null;
}
