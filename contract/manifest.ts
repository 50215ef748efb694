import * as z from "zod";
import { frameVersionSchema } from "./frame_version.ts";
import {
  forecastHourSchema,
  type FrameId,
  modelIdSchema,
  runIdSchema,
  utcTimeSchema,
  type VarId,
  varIdSchema,
} from "./identity.ts";
import { kindSchema, qualitySchema } from "./sidecar.ts";
import { CONTRACT_VERSION } from "./version.ts";

export const manifestFrameSchema = z.object({
  fh: forecastHourSchema,
  valid_time: utcTimeSchema,
  /** Which bytes; a manifest that an older builder wrote does not say. */
  v: frameVersionSchema.optional(),
  /** Full where it is not said. */
  quality: qualitySchema.optional(),
  /** Why it is degraded. */
  quality_reasons: z.array(z.string()).optional(),
});

/** A frame as its manifest lists it. */
export type ManifestFrame = z.infer<typeof manifestFrameSchema>;

/** A frame that was tried often enough. It is not among `frames`, and goes from here when a later try succeeds. */
export const manifestFailureSchema = z.object({
  fh: forecastHourSchema,
  attempts: z.number().int().positive(),
  reason: z.string(),
});
export type ManifestFailure = z.infer<typeof manifestFailureSchema>;

export const manifestVariableSchema = z.object({
  name: z.string().min(1),
  group: z.string().min(1),
  kind: kindSchema,
  units: z.string(),
  expected_frames: z.number().int().positive(),
  available_frames: z.number().int().nonnegative(),
  frames: z.array(manifestFrameSchema),
  failed: z.array(manifestFailureSchema).optional(),
}).refine((variable) => variable.available_frames === variable.frames.length, {
  message: "available_frames is not the number of frames listed",
}).refine((variable) => variable.available_frames <= variable.expected_frames, {
  message: "more frames are available than the cycle has",
}).refine((variable) => variable.frames.every((frame, i) => i === 0 || frame.fh > variable.frames[i - 1]!.fh), {
  message: "frames are not in ascending order of forecast hour",
});
export type ManifestVariable = z.infer<typeof manifestVariableSchema>;

export const manifestSchema = z.object({
  contract_version: z.literal(CONTRACT_VERSION),
  model: modelIdSchema,
  run: runIdSchema,
  complete: z.boolean(),
  synthetic: z.boolean().optional(),
  /** Built by hand, or to catch up: retention leaves it until then, however old it is. */
  keep_until: utcTimeSchema.optional(),
  variables: z.record(varIdSchema, manifestVariableSchema),
  last_updated: utcTimeSchema,
});
/** What of a run is published. A file that no manifest names does not exist for readers. */
export type Manifest = z.infer<typeof manifestSchema>;

/** A variable of a run, or undefined. `constructor` is a well-formed id and no variable. */
export function manifestVariable({ variables }: Manifest, id: VarId): ManifestVariable | undefined {
  return Object.hasOwn(variables, id) ? variables[id] : undefined;
}

/** What a manifest says of a frame, or undefined when it does not name it. */
export function listedFrame(
  manifest: Manifest,
  { var: id, fh }: Pick<FrameId, "var" | "fh">,
): ManifestFrame | undefined {
  return manifestVariable(manifest, id)?.frames.find((frame) => frame.fh === fh);
}

/** Whether a manifest names a frame. */
export function hasFrame(manifest: Manifest, frame: Pick<FrameId, "var" | "fh">): boolean {
  return listedFrame(manifest, frame) !== undefined;
}

export const latestSchema = z.object({
  run_id: runIdSchema,
  cycle_utc: utcTimeSchema,
  updated_utc: utcTimeSchema,
  source: z.string(),
  /** After a rollback: the run that readers were taken back from. Neither it nor an older one takes the pointer again. */
  rolled_back_run: runIdSchema.optional(),
});
/** The pointer to the run that readers see first. */
export type Latest = z.infer<typeof latestSchema>;
