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

/** The outcome of one variable, reported as soon as it is staged: a variable that fails does not stop the others. */
export type FrameResult =
  | { readonly id: VarId; readonly ok: true; readonly timingsMs: Readonly<Record<string, number>> }
  | { readonly id: VarId; readonly ok: false; readonly failure: Failure };

answerJobs(async ({ model: modelId, run, lead, variables, roots }: BuildJob, report: (frame: FrameResult) => void) => {
  const model = findModel(modelId);
  const decoder = makeDecoder(model, { run, lead });
  for (const { id, input } of variables) {
    const frame = frameId(model, run, id, lead);
    try {
      const built = buildFrame(frame, model, findVariable(model, id), input, decoder);
      const started = performance.now();
      await stageFrame(roots, built);
      const stage = Math.round((performance.now() - started) * 10) / 10;
      report({ id, ok: true, timingsMs: { ...built.timingsMs, stage } });
    } catch (error) {
      report({ id, ok: false, failure: failureOf(error) });
    }
  }
});
