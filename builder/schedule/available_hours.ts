import type { ForecastHour, RunId } from "../../contract/identity.ts";
import { hasFrame, type Manifest } from "../../contract/manifest.ts";
import { forecastHours, type Model, type Variable, variableHours } from "../models/model.ts";
import { findVariable } from "../models/registry.ts";
import { recordFailure } from "../publish/publish_frame.ts";
import { readManifest } from "../publish/read_manifest.ts";
import { buildHour, type BuildPool, type FrameOutcome, limitHours } from "../run/build_run.ts";
import { reportPromotion } from "./report_promotion.ts";
import type { RetryBook } from "./retry_book.ts";
import type { Schedule } from "./schedule_types.ts";

/** Whether there is room on the disk for another hour. */
export type HasRoom = () => Promise<boolean>;

/**
 * Builds a run's hours in order. Of each of the model's files it goes up to the first hour that no source has yet: files
 * of an hour come apart, and one that is late holds up no other.
 */
export async function buildAvailableHours(
  run: RunId,
  schedule: Schedule,
  pool: BuildPool,
  retries: RetryBook,
  hasRoom: HasRoom,
): Promise<FrameOutcome[]> {
  const { model, roots, clock, signal, report } = schedule;
  const outcomes: FrameOutcome[] = [];
  const build = { ...schedule, run, sources: schedule.sourcesFor(run) };
  const published = await readManifest(roots, model.id, run);
  /** Products that are not asked for at later hours of this round: they are not there yet, or no source answers. */
  const atEnd = new Set<string>();
  const limit = limitHours(schedule.workers);
  const hours = await Promise.allSettled(
    forecastHours(model, run).map((fh) =>
      limit(async () => {
        signal.throwIfAborted();
        const missing = missingVariables(model, run, fh, published);
        const now = clock.now().getTime();
        const variables = missing.filter(({ id, product }) =>
          !atEnd.has(product) && retries.mayTry({ model: model.id, run, var: id, fh }, now)
        );
        if (variables.length === 0 || !await hasRoom()) return;
        for (const { id } of variables) {
          const frame = { model: model.id, run, var: id, fh };
          if (retries.attempts(frame) > 0) report({ kind: "retry", frame });
        }
        const ofHour: FrameOutcome[] = [];
        await buildHour(fh, variables, build, pool, (outcome) => {
          ofHour.push(outcome);
          report({ kind: "frame", outcome });
          if (outcome.promotion) reportPromotion(outcome.promotion, run, report);
        });
        outcomes.push(...ofHour);
        // A file that something was made from is there, whatever it lacks.
        const there = new Set([
          ...variablesAt(model, run, fh).filter((variable) => !missing.includes(variable)).map(({ product }) =>
            product
          ),
          ...ofHour.filter(({ status, isOutage }) => status !== "waiting" && !isOutage).map((each) =>
            productOf(model, each)
          ),
        ]);
        for (const outcome of ofHour) {
          const { frame, status, isOutage, reason = "" } = outcome;
          const product = productOf(model, outcome);
          if (isOutage || (status === "waiting" && !there.has(product))) atEnd.add(product);
          else if (status === "waiting") retries.rest(frame, clock.now().getTime());
          else if (status === "failed" && retries.fail(frame, clock.now().getTime())) {
            const attempts = retries.attempts(frame);
            await recordFailure(roots, model, frame, { attempts, reason });
            report({ kind: "given up", frame, attempts, reason });
          }
        }
      })
    ),
  );
  // All have ended: none works on while the next round begins.
  for (const hour of hours) if (hour.status === "rejected") throw hour.reason;
  return outcomes;
}

function productOf(model: Model, { frame }: FrameOutcome): string {
  return findVariable(model, frame.var).product;
}

function variablesAt(model: Model, run: RunId, fh: ForecastHour): Variable[] {
  return model.variables.filter((variable) => variableHours(model, variable, run).includes(fh));
}

function missingVariables(model: Model, run: RunId, fh: ForecastHour, published: Manifest | null): Variable[] {
  return variablesAt(model, run, fh).filter(({ id }) => published === null || !hasFrame(published, { var: id, fh }));
}

/** Hours with a frame that is neither published nor given up. */
export async function missingHours(
  run: RunId,
  { model, roots }: Schedule,
  retries: RetryBook,
): Promise<ForecastHour[]> {
  const published = await readManifest(roots, model.id, run);
  return forecastHours(model, run).filter((fh) =>
    missingVariables(model, run, fh, published)
      .some(({ id }) => !retries.isGivenUp({ model: model.id, run, var: id, fh }))
  );
}
