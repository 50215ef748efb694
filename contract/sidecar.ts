import * as z from "zod";
import { contourKeySchema } from "./contours.ts";
import { forecastHourSchema, modelIdSchema, runIdSchema, utcTimeSchema, varIdSchema } from "./identity.ts";
import { legendSchema } from "./legend.ts";
import { CONTRACT_VERSION } from "./version.ts";

export const kindSchema = z.enum(["continuous", "discrete"]);
/** Decides overviews and resampling: continuous fields are averaged, discrete ones take the nearest value. */
export type Kind = z.infer<typeof kindSchema>;

export const artifactSchema = z.object({
  file: z.string().regex(/^fh[0-9]{3}\.[a-z.]+$/),
  bytes: z.number().int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Artifact = z.infer<typeof artifactSchema>;

export const statsSchema = z.object({
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  valid_fraction: z.number().min(0).max(1),
});
export type Stats = z.infer<typeof statsSchema>;

/** One message, in the inventory's words and by the WMO's code numbers. */
const messageSchema = z.object({
  name: z.string(),
  /** Common code table C-11. */
  centre: z.number().int(),
  sub_centre: z.number().int(),
  /** The centre's own number of the generating process. */
  process: z.number().int(),
  /** Code table 1.3. */
  production_status: z.number().int(),
  /** Code table 1.4. */
  data_type: z.number().int(),
});

export const sourceSchema = z.object({
  provider: z.string(),
  url: z.string(),
  grib_messages: z.array(z.string()).min(1),
  /** Whose messages they are, as each says itself; frames of older builders do not tell. */
  messages: z.array(messageSchema).optional(),
  bytes: z.number().int().positive(),
  reference_time: utcTimeSchema,
  /** True when no forecast centre made the data: the page says so wherever the frame is shown. */
  synthetic: z.boolean().optional(),
});

export const contourSummarySchema = z.object({
  /** Those that were traced, in `units`. */
  levels: z.array(z.number()),
  units: z.string(),
  /** Half the side of the square of values that was averaged before tracing. */
  smoothing_m: z.number().nonnegative(),
  /** How far a line may run from the traced one. */
  tolerance_m: z.number().nonnegative(),
});
export type ContourSummary = z.infer<typeof contourSummarySchema>;

export const qualitySchema = z.enum(["full", "degraded"]);

export const sidecarSchema = z.object({
  contract_version: z.literal(CONTRACT_VERSION),
  model: modelIdSchema,
  run: runIdSchema,
  var: varIdSchema,
  fh: forecastHourSchema,
  valid_time: utcTimeSchema,
  name: z.string().min(1),
  group: z.string().min(1),
  units: z.string(),
  kind: kindSchema,
  /** Decimals of `units` that a shown value has. */
  precision: z.number().int().min(0).max(6),
  /** The encoding range: the values of the first and the last colour. */
  min: z.number(),
  max: z.number(),
  legend: legendSchema,
  /** What values are called, by the value as text, where numbers say little. */
  labels: z.record(z.string(), z.string()).optional(),
  /** Hours before the valid time that the values are the highest of, where the name does not say it. */
  window_hours: z.number().positive().optional(),
  stats: statsSchema,
  quality: qualitySchema,
  /** Why the quality is degraded. */
  quality_reasons: z.array(z.string()).optional(),
  /** Counts and shares that the derivation kept, such as cells whose type was inferred. */
  measures: z.record(z.string(), z.number()).optional(),
  /** Sets of lines, by their key. */
  contours: z.record(contourKeySchema, contourSummarySchema).optional(),
  source: sourceSchema,
  artifacts: z.object({ rgba: artifactSchema, values: artifactSchema, contours: artifactSchema.optional() }),
  built_at: utcTimeSchema,
  builder_version: z.string(),
  gdal_version: z.string(),
});
/** Everything a reader needs to know of one frame. */
export type Sidecar = z.infer<typeof sidecarSchema>;
