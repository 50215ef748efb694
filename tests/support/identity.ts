import {
  type FrameId,
  type ModelId,
  modelIdSchema,
  type RunId,
  runIdSchema,
  type VarId,
  varIdSchema,
} from "../../contract/identity.ts";
import { leadTextSchema } from "../../contract/lead.ts";

/** Identities from their texts, for tests. All of them are parsed as a request's are. */

export function modelId(text: string): ModelId {
  return modelIdSchema.parse(text);
}

export function runId(text: string): RunId {
  return runIdSchema.parse(text);
}

export function varId(text: string): VarId {
  return varIdSchema.parse(text);
}

/** Returns the frame of a name such as `hrrr/20260129_17z/tmp2m/3`. */
export function frame(name: string): FrameId {
  const [model = "", run = "", variable = "", text = ""] = name.split("/");
  return { model: modelId(model), run: runId(run), var: varId(variable), lead: leadTextSchema.parse(text) };
}
