import type { FrameId } from "../../contract/identity.ts";
import { findModel, findVariable } from "../models/registry.ts";
import { stageFrame } from "../publish/stage_frame.ts";
import { answerJobs } from "../worker_pool.ts";
import { buildFrame } from "./build_frame.ts";
import type { FrameInput } from "./frame_input.ts";

/** One frame, built and staged in a Worker. */
export interface BuildJob {
  readonly frame: FrameId;
  readonly input: FrameInput;
  readonly dataRoot: string;
}

export interface BuildResult {
  readonly timingsMs: Readonly<Record<string, number>>;
}

answerJobs(async ({ frame, input, dataRoot }: BuildJob): Promise<BuildResult> => {
  const model = findModel(frame.model);
  const built = buildFrame(frame, model, findVariable(model, frame.var), input);
  await stageFrame(dataRoot, built);
  return { timingsMs: built.timingsMs };
});
