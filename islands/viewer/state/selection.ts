import type { FramesAnswer, ModelsAnswer, RunsAnswer, VarsAnswer } from "../../../contract/api.ts";
import type { ModelId, RunId, VarId } from "../../../contract/identity.ts";
import { fetchFrames, fetchRuns, fetchVariables } from "../requests/api.ts";

export type Model = ModelsAnswer["models"][number];
export type Run = RunsAnswer["runs"][number];
export type Variable = VarsAnswer["vars"][number];
export type Frame = FramesAnswer["frames"][number];

/** The model, run and variable of a pane, and the options to choose from. */
export interface Selection {
  readonly model: Model;
  /** The model's runs, newest first. */
  readonly runs: readonly Run[];
  readonly run: Run;
  /** The run's variables that have frames, in the order to offer them. */
  readonly variables: readonly Variable[];
  readonly variable: VarId;
  /** Frames of the variable; at least one. */
  readonly frames: readonly Frame[];
}

/** A choice of the reader; parts that are left out stay the same if possible. */
export interface Choice {
  readonly model?: ModelId;
  /** The chosen run; null for the latest. */
  readonly run?: RunId | null;
  readonly var?: VarId;
}

/**
 * Loads what a choice makes of a selection: of a run that is not there the latest run, of a variable that the run lacks
 * its first one.
 * @throws Error when the run or the variable has no frames, and what a request fails with
 */
export async function resolveSelection(
  models: readonly Model[],
  choice: Choice,
  from: Selection,
): Promise<Selection> {
  const model = choice.model === undefined ? from.model : models.find(({ id }) => id === choice.model)!;
  const isSameModel = model.id === from.model.id;
  const answer = isSameModel && choice.run === undefined ? null : await fetchRuns(model.id);
  const runs = answer?.runs ?? from.runs;
  const run = answer ? runOf(answer, choice.run ?? null, model) : from.run;
  const isSameRun = isSameModel && run.run === from.run.run;
  const variables = isSameRun ? from.variables : (await fetchVariables(model.id, run.run)).vars.filter(hasFrames);
  const wanted = choice.var ?? from.variable;
  const variable = variables.find(({ id }) => id === wanted) ?? variables[0];
  if (!variable) throw new Error(`Run ${run.run} of ${model.name} has no published frames yet`);
  const { frames } = await fetchFrames(model.id, run.run, variable.id);
  if (frames.length === 0) throw new Error(`${variable.name} has no published hours yet`);
  return { model, runs, run, variables, variable: variable.id, frames };
}

function runOf({ runs, latest_run: latest }: RunsAnswer, wanted: RunId | null, model: Model): Run {
  const run = runs.find((candidate) => candidate.run === (wanted ?? latest)) ?? runs[0];
  if (!run) throw new Error(`No run of ${model.name} is published`);
  return run;
}

export function hasFrames({ available_frames: available }: Variable): boolean {
  return available > 0;
}

/** Returns the index of the frame whose valid time is nearest to a time. */
export function nearest(frames: readonly Pick<Frame, "valid_time">[], timeMs: number): number {
  let best = 0;
  const distance = (index: number) => Math.abs(Date.parse(frames[index]!.valid_time) - timeMs);
  frames.forEach((_, index) => {
    if (distance(index) < distance(best)) best = index;
  });
  return best;
}
