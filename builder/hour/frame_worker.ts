import { frameId, type ModelId, type RunId, type VarId } from "../../contract/identity.ts";
import type { Lead } from "../../contract/lead.ts";
import type { DataRoots } from "../../contract/paths.ts";
import { findModel, findVariable } from "../models/registry.ts";
import { stageFrame } from "../publish/stage_frame.ts";
import { answerJobs } from "../operations/worker_pool.ts";
import { buildFrame, makeDecoder } from "../frame/build_frame.ts";
import { type Failure, failureOf } from "./failure.ts";
import type { FrameInput } from "../frame/frame_input.ts";

/** Variables of one forecast hour that share messages, built and staged in a Worker. */
export interface BuildJob {
  readonly model: ModelId;
  readonly run: RunId;
  readonly lead: Lead;
  readonly variables: readonly { readonly id: VarId; readonly input: FrameInput }[];
  readonly roots: DataRoots;
}

/** The outcome of each variable, in the job's order: a variable that fails does not stop the others. */
export type BuildResult = readonly (
  | { readonly id: VarId; readonly ok: true; readonly timingsMs: Readonly<Record<string, number>> }
  | { readonly id: VarId; readonly ok: false; readonly failure: Failure }
)[];

answerJobs(async ({ model: modelId, run, lead, variables, roots }: BuildJob): Promise<BuildResult> => {
  const model = findModel(modelId);
  const decoder = makeDecoder(model, { run, lead });
  const results = [];
  for (const { id, input } of variables) {
    const frame = frameId(model, run, id, lead);
    try {
      const built = buildFrame(frame, model, findVariable(model, id), input, decoder);
      const started = performance.now();
      await stageFrame(roots, built);
      const stage = Math.round((performance.now() - started) * 10) / 10;
      results.push({ id, ok: true as const, timingsMs: { ...built.timingsMs, stage } });
    } catch (error) {
      results.push({ id, ok: false as const, failure: failureOf(error) });
    }
  }
  return results;
});
