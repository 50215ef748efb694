import * as z from "zod";
import {
  forecastHourSchema,
  forecastHourTextSchema,
  modelIdSchema,
  runIdSchema,
  utcTimeSchema,
  varIdSchema,
} from "./identity.ts";
import { manifestFrameSchema } from "./manifest.ts";
import { kindSchema } from "./sidecar.ts";

/** Answers and parameters of the JSON API. */

export const modelsAnswerSchema = z.object({
  models: z.array(z.object({
    id: modelIdSchema,
    name: z.string(),
    description: z.string(),
    attribution: z.string(),
    /** west, south, east, north in degrees of WGS 84 */
    coverage: z.tuple([z.number(), z.number(), z.number(), z.number()]),
    native_zoom: z.number().int(),
    latest_run: runIdSchema.nullable(),
    synthetic: z.boolean(),
  })),
});
export type ModelsAnswer = z.infer<typeof modelsAnswerSchema>;

export const runsAnswerSchema = z.object({
  model: modelIdSchema,
  latest_run: runIdSchema.nullable(),
  runs: z.array(z.object({
    run: runIdSchema,
    cycle_utc: utcTimeSchema,
    complete: z.boolean(),
    synthetic: z.boolean(),
    available_frames: z.number().int(),
    expected_frames: z.number().int(),
  })),
});
export type RunsAnswer = z.infer<typeof runsAnswerSchema>;

export const varsAnswerSchema = z.object({
  model: modelIdSchema,
  run: runIdSchema,
  vars: z.array(z.object({
    id: varIdSchema,
    name: z.string(),
    group: z.string(),
    kind: kindSchema,
    units: z.string(),
    expected_frames: z.number().int(),
    available_frames: z.number().int(),
  })),
});
export type VarsAnswer = z.infer<typeof varsAnswerSchema>;

export const framesAnswerSchema = z.object({
  model: modelIdSchema,
  run: runIdSchema,
  var: varIdSchema,
  expected_frames: z.number().int(),
  frames: z.array(manifestFrameSchema),
});
export type FramesAnswer = z.infer<typeof framesAnswerSchema>;

/** `latest`, or the run itself. */
export const runOrLatestSchema = z.union([z.literal("latest"), runIdSchema], {
  error: "expected a UTC cycle such as 20260217_06z, or latest",
});

const decimalText = (what: string, limit: number) =>
  z.string().regex(/^-?[0-9]{1,3}(\.[0-9]{1,15})?$/, `expected ${what}`).transform(Number)
    .refine((degrees) => Math.abs(degrees) <= limit, `expected ${what}`);

export const sampleFrameSchema = z.object({
  model: modelIdSchema,
  run: runOrLatestSchema,
  var: varIdSchema,
  fh: forecastHourTextSchema,
});

export const samplePointSchema = z.object({
  lat: decimalText("a latitude in degrees from -90 to 90", 90),
  lon: decimalText("a longitude in degrees from -180 to 180", 180),
});

export const sampleAnswerSchema = z.object({
  value: z.number(),
  label: z.string().optional(),
  units: z.string(),
  model: modelIdSchema,
  run: runIdSchema,
  var: varIdSchema,
  fh: forecastHourSchema,
  valid_time: utcTimeSchema,
  lat: z.number(),
  lon: z.number(),
});
export type SampleAnswer = z.infer<typeof sampleAnswerSchema>;

/** How many points one request may ask for. */
export const MAX_POINTS = 500;

/** Many points of one frame at once: the labels of a map. */
export const samplesRequestSchema = z.object({
  model: modelIdSchema,
  run: runOrLatestSchema,
  var: varIdSchema,
  fh: forecastHourSchema,
  points: z.array(
    z.object({
      lat: z.number("expected a latitude in degrees from -90 to 90").min(-90).max(90),
      lon: z.number("expected a longitude in degrees from -180 to 180").min(-180).max(180),
    }),
    'expected a list of points such as {"lat": 45.5, "lon": -122.7}',
  ).min(1).max(MAX_POINTS),
});
export type SamplesRequest = z.infer<typeof samplesRequestSchema>;

export const samplesAnswerSchema = z.object({
  model: modelIdSchema,
  run: runIdSchema,
  var: varIdSchema,
  fh: forecastHourSchema,
  valid_time: utcTimeSchema,
  units: z.string(),
  /** In the order of the points; null outside the coverage and where there is no value. */
  values: z.array(z.number().nullable()),
  /** Of discrete variables, in the order of the points. */
  labels: z.array(z.string().nullable()).optional(),
});
export type SamplesAnswer = z.infer<typeof samplesAnswerSchema>;

/** How many variables one series may be of. */
export const MAX_SERIES_VARS = 12;

export const seriesTargetSchema = z.object({
  model: modelIdSchema,
  run: runOrLatestSchema,
  var: z.string().transform((text) => text.split(",")).pipe(
    z.array(varIdSchema).min(1).max(MAX_SERIES_VARS, `expected at most ${MAX_SERIES_VARS} variables`)
      .refine((ids) => new Set(ids).size === ids.length, "expected each variable once"),
  ),
});

export const seriesAnswerSchema = z.object({
  model: modelIdSchema,
  run: runIdSchema,
  lat: z.number(),
  lon: z.number(),
  series: z.array(z.object({
    var: varIdSchema,
    name: z.string(),
    kind: kindSchema,
    units: z.string(),
    /** Every hour that is published; null outside the coverage and where there is no value. */
    values: z.array(z.object({
      fh: forecastHourSchema,
      valid_time: utcTimeSchema,
      value: z.number().nullable(),
      label: z.string().optional(),
    })),
  })),
});
export type SeriesAnswer = z.infer<typeof seriesAnswerSchema>;

export const tileJsonSchema = z.object({
  tilejson: z.literal("3.0.0"),
  name: z.string(),
  description: z.string(),
  attribution: z.string(),
  scheme: z.literal("xyz"),
  tiles: z.array(z.string()).min(1),
  minzoom: z.number().int(),
  maxzoom: z.number().int(),
  bounds: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  /** Not part of TileJSON 3.0, which fixes no tile size; MapLibre wants it stated. */
  tileSize: z.number().int(),
});
export type TileJson = z.infer<typeof tileJsonSchema>;
