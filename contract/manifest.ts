import * as z from "zod";
import { frameVersionSchema } from "./frame_version.ts";
import { type FrameId, modelIdSchema, runIdSchema, utcTimeSchema, type VarId, varIdSchema } from "./identity.ts";
import { compareLeads, FRAME_SHAPE, leadOf, leadText, namesFrame } from "./lead.ts";
import { kindSchema, qualitySchema } from "./sidecar.ts";
import { contractVersionSchema } from "./version.ts";

export const manifestFrameSchema = namesFrame(z.object({
  ...FRAME_SHAPE,
  valid_time: utcTimeSchema,
  /** Version of the frame; absent in manifests of older builders. */
  v: frameVersionSchema.optional(),
  /** Quality of the frame; full when absent. */
  quality: qualitySchema.optional(),
  /** Quality reasons of a degraded frame. */
  quality_reasons: z.array(z.string()).optional(),
}));

/** A frame as its manifest lists it. */
export type ManifestFrame = z.infer<typeof manifestFrameSchema>;

/**
 * A frame whose attempts are used up. `frames` does not list it; a later attempt that succeeds removes it from here.
 */
export const manifestFailureSchema = namesFrame(z.object({
  ...FRAME_SHAPE,
  attempts: z.number().int().positive(),
  reason: z.string(),
}));
export type ManifestFailure = z.infer<typeof manifestFailureSchema>;

/**
 * A frame that was dropped for damage. No list names it, and its undamaged files are served until the grace is over or
 * the frame is built again.
 */
export const droppedFrameSchema = namesFrame(z.object({
  ...FRAME_SHAPE,
  valid_time: utcTimeSchema,
  /** Version of the frame when it was dropped; absent when the manifest gave none. */
  v: frameVersionSchema.optional(),
  dropped_at: utcTimeSchema,
}));
export type DroppedFrame = z.infer<typeof droppedFrameSchema>;

export const manifestVariableSchema = z.object({
  name: z.string().min(1),
  group: z.string().min(1),
  kind: kindSchema,
  units: z.string(),
  expected_frames: z.number().int().positive(),
  available_frames: z.number().int().nonnegative(),
  frames: z.array(manifestFrameSchema),
  failed: z.array(manifestFailureSchema).optional(),
  dropped: z.array(droppedFrameSchema).optional(),
}).refine((variable) => variable.available_frames === variable.frames.length, {
  message: "available_frames is not the number of frames listed",
}).refine((variable) => variable.available_frames <= variable.expected_frames, {
  message: "more frames are available than the cycle has",
}).refine(
  (variable) =>
    variable.frames.every((frame, i) => i === 0 || compareLeads(leadOf(frame), leadOf(variable.frames[i - 1]!)) > 0),
  {
    message: "frames are not in ascending order of lead time",
  },
);
export type ManifestVariable = z.infer<typeof manifestVariableSchema>;

export const manifestSchema = z.object({
  contract_version: contractVersionSchema,
  model: modelIdSchema,
  run: runIdSchema,
  complete: z.boolean(),
  synthetic: z.boolean().optional(),
  /** End of the protection from retention, for a run built by hand or to catch up: until then it stays, however old. */
  keep_until: utcTimeSchema.optional(),
  variables: z.record(varIdSchema, manifestVariableSchema),
  last_updated: utcTimeSchema,
});
/** The published frames of a run. A file that no manifest names does not exist for readers. */
export type Manifest = z.infer<typeof manifestSchema>;

/** A variable of a run, or undefined. `constructor` is a well-formed id but no variable. */
export function manifestVariable({ variables }: Manifest, id: VarId): ManifestVariable | undefined {
  return Object.hasOwn(variables, id) ? variables[id] : undefined;
}

/** The manifest's entry for a frame, or undefined when the manifest does not name the frame. */
export function listedFrame(
  manifest: Manifest,
  { var: id, lead }: Pick<FrameId, "var" | "lead">,
): ManifestFrame | undefined {
  const text = leadText(lead);
  return manifestVariable(manifest, id)?.frames.find(({ frame }) => frame === text);
}

/** The manifest's entry for a frame that was dropped and is still served, or undefined. */
export function droppedFrame(
  manifest: Manifest,
  { var: id, lead }: Pick<FrameId, "var" | "lead">,
): DroppedFrame | undefined {
  const text = leadText(lead);
  return manifestVariable(manifest, id)?.dropped?.find(({ frame }) => frame === text);
}

/** Whether a manifest names a frame. */
export function hasFrame(manifest: Manifest, frame: Pick<FrameId, "var" | "lead">): boolean {
  return listedFrame(manifest, frame) !== undefined;
}

export const latestSchema = z.object({
  run_id: runIdSchema,
  cycle_utc: utcTimeSchema,
  updated_utc: utcTimeSchema,
  source: z.string(),
  /** The run that a rollback moved readers away from. Neither this run nor an older one becomes the latest again. */
  rolled_back_run: runIdSchema.optional(),
});
/** The pointer to the latest run of a model. */
export type Latest = z.infer<typeof latestSchema>;
