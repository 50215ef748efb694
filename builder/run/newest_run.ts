import { type RunId, runIdOf } from "../../contract/identity.ts";
import { fetchInputs, planVariable } from "../frame/frame_input.ts";
import { type Model, runLeads, type Source, variableLeads } from "../models/model.ts";
import { AllSourcesFailedError } from "../sources/source_error.ts";
import { upstreamTime } from "../sources/upstream_clock.ts";

const HOUR_MS = 3_600_000;
/** Hours that the search goes back: more than a day, for a model that runs twice a day. */
const LOOK_BACK_HOURS = 36;

export interface NewestRunOptions {
  readonly now: Date;
  readonly dataRoot: string;
  readonly signal: AbortSignal;
  /** Returns the sources that keep a cycle, in the order to try them. */
  sourcesFor(run: RunId): readonly Source[];
}

/**
 * Finds the newest cycle whose first hour some source has: the model's cycles are tried from the newest that may have
 * begun to appear. Upstream's first answer gives the time, because a local clock that is a day behind would find a
 * cycle of yesterday.
 * @throws AllSourcesFailedError when no source has one, or no source answers
 */
export async function newestRun(model: Model, options: NewestRunOptions): Promise<RunId> {
  const believed = upstreamTime(options.now);
  const found = await newestRunAt(believed, model, options).catch((error: unknown) => {
    if (error instanceof AllSourcesFailedError) return error;
    throw error;
  });
  const told = upstreamTime(options.now);
  if (hoursOf(told) !== hoursOf(believed)) return await newestRunAt(told, model, options);
  if (found instanceof AllSourcesFailedError) throw found;
  return found;
}

const hoursOf = (time: Date) => Math.floor(time.getTime() / HOUR_MS);

async function newestRunAt(
  now: Date,
  model: Model,
  { dataRoot, signal, sourcesFor }: NewestRunOptions,
): Promise<RunId> {
  const primary = model.variables.find(({ primary }) => primary) ?? model.variables[0]!;
  let lastError: AllSourcesFailedError | null = null;
  for (let age = 0; age <= LOOK_BACK_HOURS; age++) {
    const run = runIdOf(new Date((hoursOf(now) - age) * HOUR_MS));
    if (runLeads(model, run).length === 0) continue;
    const lead = variableLeads(model, primary, run)[0]!;
    const inputs = await fetchInputs(model, [planVariable(primary, lead)], { run, lead }, {
      sources: sourcesFor(run),
      dataRoot,
      signal,
    });
    const input = inputs.get(primary.id)!;
    if (!(input instanceof AllSourcesFailedError)) return run;
    // A source answered that it has no such cycle yet: an older one may be there. When no source answered, trying an
    // older cycle does not help.
    if (!input.failures.some(({ error }) => error.failure === "missing")) throw input;
    lastError = input;
  }
  throw lastError ?? new AllSourcesFailedError([], `a cycle of ${model.id} in the last ${LOOK_BACK_HOURS} h`);
}
