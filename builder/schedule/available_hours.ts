import { type FrameId, frameId, type RunId } from "../../contract/identity.ts";
import { type Lead, leadText } from "../../contract/lead.ts";
import { hasFrame, type Manifest } from "../../contract/manifest.ts";
import { type Model, runLeads, type Source, type Variable, variableLeads } from "../models/model.ts";
import { findVariable } from "../models/registry.ts";
import { recordFailure } from "../publish/publish_frame.ts";
import { readManifest } from "../publish/read_manifest.ts";
import { buildHour } from "../hour/build_hour.ts";
import { type BuildPool, limitHours } from "../hour/build_pool.ts";
import type { FrameOutcome } from "../hour/frame_outcome.ts";
import { upstreamState } from "../sources/upstream_state.ts";
import type { Attempts } from "./attempts.ts";
import { reportPromotion } from "./report_promotion.ts";
import type { Schedule } from "./schedule_types.ts";

/** Checks whether the disk has room for another hour. */
export type HasFreeDisk = () => Promise<boolean>;

/** The run of a round over its hours, and the means to build them. */
export interface HoursRound {
  readonly run: RunId;
  readonly schedule: Schedule;
  readonly pool: BuildPool;
  readonly attempts: Attempts;
  readonly hasFreeDisk: HasFreeDisk;
  /** Sources that are asked in this round, in the order to try them. */
  readonly sources: readonly Source[];
  /** Unreadable parts of indexes that were reported before. */
  readonly told: Set<string>;
  /**
   * Time until which the run stays, when it is older than the runs that are kept and is built to catch up; null
   * otherwise.
   */
  readonly keepUntil: Date | null;
}

/**
 * Builds a run's hours in order. For each product it stops at the first hour that no source has yet: products of an
 * hour are published separately, and a late product delays no other. Frames that were in work when a process died come
 * last, each with nothing beside it, so that the frame to blame is identified and no other fails with it.
 */
export async function buildAvailableHours(round: HoursRound): Promise<FrameOutcome[]> {
  const { run, schedule, attempts } = round;
  const { model, roots, signal } = schedule;
  const outcomes: FrameOutcome[] = [];
  const published = await readManifest(roots, model.id, run);
  /** Products that are not requested for later hours of this round: they are not there yet, or no source answers. */
  const atEnd = new Set<string>();
  const isSuspect = (lead: Lead) => ({ id }: Variable) => attempts.isSuspect(frameId(model, run, id, lead));
  const limit = limitHours(schedule.workers);
  const hours = await Promise.allSettled(
    runLeads(model, run).map((lead) =>
      limit(async () => {
        signal.throwIfAborted();
        const missing = missingVariables(model, run, lead, published);
        const variables = missing.filter((variable) => !isSuspect(lead)(variable) && !atEnd.has(variable.product));
        const there = variablesAt(model, run, lead).filter((variable) =>
          !missing.includes(variable) || attempts.wasThere(frameId(model, run, variable.id, lead))
        );
        outcomes.push(...await buildVariables(lead, variables, there, atEnd, round));
      })
    ),
  );
  // All hours have ended: none is still in work when the next round begins.
  for (const hour of hours) if (hour.status === "rejected") throw hour.reason;
  for (const lead of runLeads(model, run)) {
    for (const variable of missingVariables(model, run, lead, published).filter(isSuspect(lead))) {
      signal.throwIfAborted();
      outcomes.push(...await buildVariables(lead, [variable], [], new Set(), round));
    }
  }
  await attempts.settle(run);
  return outcomes;
}

/** Builds those of an hour's variables that may be tried now, and notes the outcome of each. */
async function buildVariables(
  lead: Lead,
  wanted: readonly Variable[],
  wereThere: readonly Variable[],
  atEnd: Set<string>,
  { run, schedule, pool, attempts, hasFreeDisk, sources, told, keepUntil }: HoursRound,
): Promise<FrameOutcome[]> {
  const { model, clock, report } = schedule;
  const frameOf = ({ id }: Variable): FrameId => frameId(model, run, id, lead);
  const variables = wanted.filter((variable) => attempts.isDue(frameOf(variable), clock.now().getTime()));
  if (variables.length === 0 || !await hasFreeDisk()) return [];
  for (const frame of variables.map(frameOf)) if (attempts.attempts(frame) > 0) report({ kind: "retry", frame });
  const build = {
    ...schedule,
    run,
    sources,
    promotion: keepUntil ? { ...schedule.promotion, keepUntil } : schedule.promotion,
    onBegin: (frames: Parameters<Attempts["begin"]>[0]) => attempts.begin(frames),
  };
  const ofHour: FrameOutcome[] = [];
  await buildHour(lead, variables, build, pool, (outcome) => {
    ofHour.push(outcome);
    report({ kind: "frame", outcome });
    if (outcome.promotion) reportPromotion(outcome.promotion, run, report);
    const { strangeness } = outcome;
    if (strangeness !== undefined && !told.has(strangeness)) {
      told.add(strangeness);
      report({ kind: "strange index", run, reason: strangeness });
    }
  });
  // A file is there when a frame was made from it or failed with it, even if the file lacks messages.
  const there = new Set([
    ...wereThere.map(({ product }) => product),
    ...ofHour.filter(({ status, isOutage }) => status !== "waiting" && !isOutage).map((each) => productOf(model, each)),
  ]);
  for (const outcome of ofHour) {
    const { frame, status, isOutage } = outcome;
    const product = productOf(model, outcome);
    const nowMs = clock.now().getTime();
    if (isOutage) attempts.release(frame);
    if (isOutage || (status === "waiting" && !there.has(product))) atEnd.add(product);
    else if (status === "waiting") attempts.backOff(frame, nowMs);
    else if (status === "failed") await noteFailure(outcome, product, { run, schedule, attempts });
    else attempts.succeed(frame);
  }
  return ofHour;
}

async function noteFailure(
  { frame, reason = "" }: FrameOutcome,
  product: string,
  { run, schedule, attempts }: Pick<HoursRound, "run" | "schedule" | "attempts">,
): Promise<void> {
  const { model, roots, clock, report } = schedule;
  const sources = schedule.sourcesFor(run);
  const upstream = await upstreamState(model, product, frame, { ...schedule, sources });
  if (!attempts.fail(frame, clock.now().getTime(), reason, upstream)) return;
  const tries = attempts.attempts(frame);
  await recordFailure(roots, model, frame, { attempts: tries, reason });
  report({ kind: "given up", frame, attempts: tries, reason });
}

/**
 * Checks whether upstream's objects of failed frames have changed since: a verdict on bytes must not outlive the bytes.
 * @returns the number of frames whose tries count from the beginning again
 */
export async function renewChanged(
  run: RunId,
  schedule: Schedule,
  attempts: Attempts,
): Promise<number> {
  const { model, report } = schedule;
  const sources = schedule.sourcesFor(run);
  const byFile = Map.groupBy(
    attempts.failed(run).filter(({ upstream }) => upstream !== null),
    ({ frame }) => `${findVariable(model, frame.var).product} ${leadText(frame.lead)}`,
  );
  let renewed = 0;
  for (const failed of byFile.values()) {
    const { frame } = failed[0]!;
    const now = await upstreamState(model, findVariable(model, frame.var).product, frame, { ...schedule, sources });
    if (now === null) continue;
    for (const { frame, upstream } of failed) {
      if (upstream === now) continue;
      attempts.renew(frame);
      renewed++;
    }
  }
  if (renewed > 0) {
    await attempts.settle(run);
    report({ kind: "upstream changed", run, frames: renewed });
  }
  return renewed;
}

function productOf(model: Model, { frame }: FrameOutcome): string {
  return findVariable(model, frame.var).product;
}

function variablesAt(model: Model, run: RunId, lead: Lead): Variable[] {
  return model.variables.filter((variable) => variableLeads(model, variable, run).includes(lead));
}

function missingVariables(model: Model, run: RunId, lead: Lead, published: Manifest | null): Variable[] {
  return variablesAt(model, run, lead).filter(({ id }) =>
    published === null || !hasFrame(published, { var: id, lead })
  );
}

/** A product's file that has missing frames. */
export interface MissingFile {
  readonly product: string;
  readonly lead: Lead;
  /** Whether the file is there: a frame was made from it, or was tried with it. */
  readonly wasThere: boolean;
}

/**
 * Lists the files, by lead time, that have a frame which is neither published nor given up, or which was given up and
 * may be tried again.
 */
export async function missingFiles(
  run: RunId,
  { model, roots, clock }: Schedule,
  attempts: Attempts,
): Promise<MissingFile[]> {
  const published = await readManifest(roots, model.id, run);
  const nowMs = clock.now().getTime();
  return runLeads(model, run).flatMap((lead) => {
    const missing = missingVariables(model, run, lead, published);
    const frameOf = ({ id }: Variable) => frameId(model, run, id, lead);
    const wanted = missing.map((variable) => ({ variable, frame: frameOf(variable) }))
      .filter(({ frame }) => !attempts.isGivenUp(frame) || attempts.isDue(frame, nowMs));
    return [...new Set(wanted.map(({ variable }) => variable.product))].map((product) => ({
      product,
      lead,
      wasThere: variablesAt(model, run, lead).some((variable) =>
        variable.product === product && (!missing.includes(variable) || attempts.wasThere(frameOf(variable)))
      ),
    }));
  });
}

/** Returns of each product the first missing file, and the first that is not there yet. */
export function nextFiles(missing: readonly MissingFile[]): MissingFile[] {
  const ofProducts = [...Map.groupBy(missing, ({ product }) => product).values()];
  return ofProducts.flatMap((files) => {
    const awaited = files.find(({ wasThere }) => !wasThere);
    return [...new Set([files[0]!, ...(awaited ? [awaited] : [])])];
  });
}
