import * as z from "zod";
import { contourKeySchema } from "./contours.ts";
import { modelIdSchema, runIdSchema, utcTimeSchema, varIdSchema } from "./identity.ts";
import { FRAME_SHAPE, namesFrame } from "./lead.ts";
import { legendSchema } from "./legend.ts";
import { DATA_KINDS, type DataKind } from "./paths.ts";
import { contractVersionSchema } from "./version.ts";

export const kindSchema = z.enum(["continuous", "discrete"]);
/**
 * The kind of a field decides overviews and resampling: continuous fields are averaged, discrete ones take the nearest
 * value.
 */
export type Kind = z.infer<typeof kindSchema>;

export const artifactSchema = z.object({
  file: z.string().regex(/^fh[0-9]{3}(m[0-5][0-9])?\.[a-z.]+$/),
  bytes: z.number().int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Artifact = z.infer<typeof artifactSchema>;

/** Statistics of values that have a mean. */
const valueStatsSchema = z.object({
  min: z.number(),
  max: z.number(),
  mean: z.number(),
  /** Share of the grid's cells that have a value. */
  valid_fraction: z.number().min(0).max(1),
});
export type Stats = z.infer<typeof valueStatsSchema>;

const classShareSchema = z.object({ label: z.string().min(1), share: z.number().min(0).max(1) });
export type ClassShare = z.infer<typeof classShareSchema>;

/** Statistics of a discrete variable: codes have no mean. */
const classStatsSchema = z.object({
  valid_fraction: z.number().min(0).max(1),
  /** Shares of the classes among the cells with a value. */
  classes: z.array(classShareSchema).min(1),
});

export type ClassStats = z.infer<typeof classStatsSchema>;

export const statsSchema = z.union([classStatsSchema, valueStatsSchema]);

/**
 * The values that the numbers in a tile's palette stand for. Number 0 is transparent.
 * - smooth: number `i` stands for the value `min + (i - 1) * (max - min) / (count - 1)`;
 * - stepped: number `i` stands for values from `edges[i - 1]` up to the next edge.
 */
const numberedPaletteSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("smooth"), min: z.number(), max: z.number(), count: z.number().int().min(2).max(255) }),
  z.object({ type: z.literal("stepped"), edges: z.array(z.number()).min(1).max(255) }),
]);

/** The bytes of a message that was fetched: a program that fetches them again can compare. Absent for a local file. */
export const receiptSchema = z.object({
  /** URL of the object that contains the message. */
  url: z.string(),
  /** Position of the message in the object, and its length, in bytes. */
  offset: z.number().int().nonnegative(),
  length: z.number().int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** ETag and last change of the object; null when the source did not say. */
  etag: z.string().nullable(),
  modified: utcTimeSchema.nullable(),
});
export type Receipt = z.infer<typeof receiptSchema>;

/** A message: its name in the inventory, its receipt, and the WMO's code numbers. */
const messageSchema = receiptSchema.partial().extend({
  name: z.string(),
  /** Number of the centre in common code table C-11. */
  centre: z.number().int(),
  sub_centre: z.number().int(),
  /** The centre's own number for the generating process. */
  process: z.number().int(),
  /** Production status in code table 1.3. */
  production_status: z.number().int(),
  /** Type of the data in code table 1.4. */
  data_type: z.number().int(),
});

export const sourceSchema = z.object({
  provider: z.string(),
  url: z.string(),
  grib_messages: z.array(z.string()).min(1),
  /** The messages' originators, as the messages themselves give them; absent in frames of older builders. */
  messages: z.array(messageSchema).optional(),
  bytes: z.number().int().positive(),
  reference_time: utcTimeSchema,
  /** Whether no forecast centre made the data; the page then says so wherever the frame is shown. */
  synthetic: z.boolean().optional(),
});

export const contourSummarySchema = z.object({
  /** Levels of the traced contours, in `units`. */
  levels: z.array(z.number()),
  units: z.string(),
  /** Half the side, in metres, of the square of values that is averaged before tracing. */
  smoothing_m: z.number().nonnegative(),
  /** Largest distance, in metres, between a simplified contour and the traced one. */
  tolerance_m: z.number().nonnegative(),
});
export type ContourSummary = z.infer<typeof contourSummarySchema>;

/** Grid and scale of a frame's wind: the pixels of its PNG, red towards the east and green towards the north. */
const windSchema = z.object({
  /** The grid's north-western corner and the side of a cell, in metres of EPSG:3857. */
  west_m: z.number(),
  north_m: z.number(),
  pixel_m: z.number().positive(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  /** A component in m/s is `(byte - calm) * step_m_s`. A cell whose bytes are 0 has no wind. */
  step_m_s: z.number().positive(),
  calm: z.number().int(),
});
export type Wind = z.infer<typeof windSchema>;

export const qualitySchema = z.enum(["full", "degraded"]);

/** The members of a sidecar, to pick from. */
export const sidecarMembers = z.object({
  contract_version: contractVersionSchema,
  model: modelIdSchema,
  run: runIdSchema,
  var: varIdSchema,
  ...FRAME_SHAPE,
  valid_time: utcTimeSchema,
  name: z.string().min(1),
  group: z.string().min(1),
  units: z.string(),
  kind: kindSchema,
  /** Decimals of a shown value in `units`. */
  precision: z.number().int().min(0).max(6),
  /** The encoding range: the values of the first and the last colour. */
  min: z.number(),
  max: z.number(),
  legend: legendSchema,
  /** Absent in frames of contract 3.0. */
  palette: numberedPaletteSchema.optional(),
  /** The values are rounded to multiples of this power of two, in `units`; absent in frames of contract 3.0. */
  rounding: z.number().positive().optional(),
  /** Names of values, by the value as text, for variables whose numbers mean little to a reader. */
  labels: z.record(z.string(), z.string()).optional(),
  /** The values below a threshold, which are not drawn, and the words for them; absent when all are drawn. */
  undrawn: z.object({ below: z.number(), label: z.string().min(1) }).optional(),
  /** Length in hours of the period up to the valid time whose highest value is given; absent when the name says it. */
  window_hours: z.number().positive().optional(),
  stats: statsSchema,
  quality: qualitySchema,
  /** Quality reasons of a degraded frame. */
  quality_reasons: z.array(z.string()).optional(),
  /** Counts and fractions that the derivation recorded, such as cells whose type was inferred. */
  measures: z.record(z.string(), z.number()).optional(),
  /** Sets of contours, by their key. */
  contours: z.record(contourKeySchema, contourSummarySchema).optional(),
  /** Absent for a variable that is not derived from the components of a wind. */
  wind: windSchema.optional(),
  source: sourceSchema,
  artifacts: z.object({
    rgba: artifactSchema,
    values: artifactSchema,
    /** Absent in frames of contract 3.0. */
    tiles: artifactSchema.optional(),
    contours: artifactSchema.optional(),
    wind: artifactSchema.optional(),
  }),
  built_at: utcTimeSchema,
  builder_version: z.string(),
  gdal_version: z.string(),
});

export const sidecarSchema = namesFrame(sidecarMembers);
/** Everything that a reader needs to know about one frame. */
export type Sidecar = z.infer<typeof sidecarSchema>;

/** Lists the artifacts that a sidecar describes, in the order in which they are written. */
export function describedArtifacts({ artifacts }: Pick<Sidecar, "artifacts">): [DataKind, Artifact][] {
  return DATA_KINDS.flatMap((kind) => {
    const artifact = artifacts[kind];
    return artifact ? [[kind, artifact]] : [];
  });
}
