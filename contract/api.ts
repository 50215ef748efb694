import * as z from "zod";
import { modelIdSchema, runIdSchema, utcTimeSchema, varIdSchema } from "./identity.ts";
import { FRAME_SHAPE, leadOfHours, leadTextSchema, wholeHoursSchema } from "./lead.ts";
import { manifestFrameSchema } from "./manifest.ts";
import { natureSchema } from "./models.ts";
import { kindSchema } from "./sidecar.ts";
import { MAX_ZOOM, ZOOM, zoomSchema } from "./tile.ts";

/** Answers and parameters of the JSON API. */

export const modelsAnswerSchema = z.object({
  models: z.array(z.object({
    id: modelIdSchema,
    name: z.string(),
    description: z.string(),
    attribution: z.string(),
    nature: natureSchema,
    /** West, south, east, north in degrees of WGS 84. */
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

/** A run id, or `latest`. */
export const runOrLatestSchema = z.union([z.literal("latest"), runIdSchema], {
  error: "expected a UTC cycle such as 20260217_06z, or latest",
});

/** Schema of an angle in degrees. An unencoded plus sign in a query arrives as a space. */
const degreesText = (what: string, least: number, most: number) =>
  z.string().regex(/^[-+ ]?[0-9]{1,3}(\.[0-9]{1,15})?$/, `expected ${what}`).transform(Number)
    .refine((degrees) => degrees >= least && degrees <= most, `expected ${what}`);

const LATITUDE = "a latitude in degrees from -90 to 90";
const LONGITUDE = "a longitude in degrees from -180 to 360";

/** The same longitude in the range −180 to 180; the input may run from 0 to 360. */
function westToEast(longitude: number): number {
  return longitude > 180 ? Number((longitude - 360).toFixed(10)) : longitude;
}

/** A frame in a query; leading zeros are accepted, because hours are copied from file names too. */
const queriedFrameSchema = z.string().transform((text) => text.replace(/^0{1,2}(?=[0-9])/, "")).pipe(leadTextSchema);

export const sampleFrameSchema = z.object({
  model: modelIdSchema,
  run: runOrLatestSchema,
  var: varIdSchema,
  fh: queriedFrameSchema,
});

export const samplePointSchema = z.object({
  lat: degreesText(LATITUDE, -90, 90),
  lon: degreesText(LONGITUDE, -180, 360).transform(westToEast),
});

export const sampleFormSchema = z.object({
  /** `null` asks for an answer without a value instead of 204. */
  empty: z.literal("null", { error: "expected null" }).optional(),
  /** Zoom of a map: the answer is then the value of the pixel that the map shows at the point. */
  z: zoomSchema.optional(),
});

export const sampleAnswerSchema = z.object({
  value: z.number(),
  label: z.string().optional(),
  units: z.string(),
  model: modelIdSchema,
  run: runIdSchema,
  var: varIdSchema,
  ...FRAME_SHAPE,
  valid_time: utcTimeSchema,
  lat: z.number(),
  lon: z.number(),
});
export type SampleAnswer = z.infer<typeof sampleAnswerSchema>;

/** The answer to a request with `empty=null`: the value is null where the frame has none. */
export const sampleOrEmptySchema = sampleAnswerSchema.extend({ value: z.number().nullable() });
export type SampleOrEmpty = z.infer<typeof sampleOrEmptySchema>;

/** Largest number of points in one request. */
export const MAX_POINTS = 500;

/** Many points of one frame in one request, for the labels of a map. */
export const samplesRequestSchema = z.strictObject({
  model: modelIdSchema,
  run: runOrLatestSchema,
  var: varIdSchema,
  /** The frame, as a number of hours or as its text. */
  fh: z.union([wholeHoursSchema.transform(leadOfHours), leadTextSchema], {
    error: 'expected hours from 0 to 999, or a frame such as "3m15"',
  }),
  points: z.array(
    z.strictObject({
      lat: z.number(`expected ${LATITUDE}`).min(-90, `expected ${LATITUDE}`).max(90, `expected ${LATITUDE}`),
      lon: z.number(`expected ${LONGITUDE}`).min(-180, `expected ${LONGITUDE}`).max(360, `expected ${LONGITUDE}`)
        .transform(westToEast),
    }),
    'expected a list of points such as {"lat": 45.5, "lon": -122.7}',
  ).min(1).max(MAX_POINTS),
  /** Zoom of a map, as for one point. */
  z: z.number(`expected ${ZOOM}`).int(`expected ${ZOOM}`).min(0, `expected ${ZOOM}`).max(MAX_ZOOM, `expected ${ZOOM}`)
    .optional(),
});
/** The request as it is sent, before it is parsed. */
export type SamplesRequest = z.input<typeof samplesRequestSchema>;

export const samplesAnswerSchema = z.object({
  model: modelIdSchema,
  run: runIdSchema,
  var: varIdSchema,
  ...FRAME_SHAPE,
  valid_time: utcTimeSchema,
  units: z.string(),
  /** Values in the order of the points; null outside the coverage and at nodata. */
  values: z.array(z.number().nullable()),
  /** Labels of a discrete variable, in the order of the points. */
  labels: z.array(z.string().nullable()).optional(),
});
export type SamplesAnswer = z.infer<typeof samplesAnswerSchema>;

/** Largest number of variables in one series request. */
export const MAX_SERIES_VARS = 12;

export const seriesTargetSchema = z.object({
  model: modelIdSchema,
  run: runOrLatestSchema,
  var: z.string().transform((text) => text.split(",")).pipe(
    z.array(varIdSchema).min(1).max(MAX_SERIES_VARS, `expected at most ${MAX_SERIES_VARS} variables`)
      .refine((ids) => new Set(ids).size === ids.length, "expected each variable once"),
  ),
});

export const seriesFormSchema = z.object({
  format: z.enum(["json", "csv"], { error: "expected json or csv" }).optional(),
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
    /** Values of every published hour; null outside the coverage and at nodata. */
    values: z.array(z.object({
      ...FRAME_SHAPE,
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
  /** Side of a tile in pixels. TileJSON 3.0 defines no tile size, but MapLibre needs one. */
  tileSize: z.number().int(),
});
export type TileJson = z.infer<typeof tileJsonSchema>;
