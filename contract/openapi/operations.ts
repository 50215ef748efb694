import * as z from "zod";
import {
  framesAnswerSchema,
  modelsAnswerSchema,
  runOrLatestSchema,
  runsAnswerSchema,
  sampleFormSchema,
  sampleFrameSchema,
  sampleOrEmptySchema,
  samplePointSchema,
  samplesAnswerSchema,
  samplesRequestSchema,
  seriesAnswerSchema,
  seriesFormSchema,
  seriesTargetSchema,
  tileJsonSchema,
  varsAnswerSchema,
} from "../api.ts";
import { contourCollectionSchema, contourKeySchema } from "../contours.ts";
import { EVENT_SCHEMAS } from "../events.ts";
import { frameVersionSchema } from "../frame_version.ts";
import { modelIdSchema, runIdSchema, varIdSchema } from "../identity.ts";
import { frameTextSchema, leadTextSchema } from "../lead.ts";
import { manifestSchema } from "../manifest.ts";
import { regionsSchema } from "../regions.ts";
import { sidecarSchema } from "../sidecar.ts";
import { MAX_ZOOM } from "../tile.ts";
import { COG_FILES } from "../urls.ts";

/** The operations of the server. The API documents are made from this list, and tests try every operation on it. */

export const TAGS = {
  Discovery: "What is published: models, runs, variables, hours",
  Values: "Values at points, and contours",
  Pictures: "Map tiles and legends",
  Files: "Cloud Optimized GeoTIFFs",
  News: "Events: new hours, new runs",
  WMTS: "The same tiles for OGC clients",
  Service: "Probes and metrics for operators",
} as const;

export interface Parameter {
  readonly in: "path" | "query";
  /** The schema that the server validates with. */
  readonly schema: z.ZodType;
  /** Schema for the document when the value is a number: in a URL every value is text. */
  readonly as?: z.ZodType;
  readonly isOptional?: boolean;
  readonly description?: string;
}

/** An operation of the API: one method on one path. */
export interface Operation {
  readonly path: string;
  readonly method: "get" | "post";
  readonly id: string;
  readonly tag: keyof typeof TAGS;
  readonly summary: string;
  readonly description?: string;
  /** Parameters in the path and in the query, by name. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly body?: z.ZodType;
  /** Content of a 200 answer: a JSON schema, or a media type. */
  readonly answer: z.ZodType | string;
  /** Media type of an answer with a schema; `application/json` when absent. */
  readonly mediaType?: string;
  /** Other media types that a 200 may have. */
  readonly alternatives?: readonly string[];
  /** Whether 204 is an answer: there is no content, and nothing is wrong. */
  readonly mayBeEmpty?: boolean;
  /** Whether the operation supports byte ranges. */
  readonly hasRanges?: boolean;
  /** Whether a request counts towards the client's rate limit. */
  readonly isLimited?: boolean;
  /** Whether the answer has no ETag, as for streams and probes. */
  readonly isUnconditional?: boolean;
  /** Media type of error answers; problem details when absent. */
  readonly problemType?: string;
  /** Further statuses of this operation, and their meanings. */
  readonly statuses?: Readonly<Record<string, string>>;
  /** Schemas of the data of a stream's events, by event name; OpenAPI 3.1 has no field for these. */
  readonly events?: Readonly<Record<string, z.ZodType>>;
  readonly example: Readonly<Record<string, string>>;
  readonly exampleBody?: unknown;
}

const path = (schema: z.ZodType, as?: z.ZodType) => ({ in: "path", schema, ...(as ? { as } : {}) }) as const;
const query = (schema: z.ZodType, as?: z.ZodType) => ({ in: "query", schema, ...(as ? { as } : {}) }) as const;
const optional = (schema: z.ZodType, description: string) =>
  ({ in: "query", schema, isOptional: true, description }) as const;

const wholeNumber = (most: number) => z.int().min(0).max(most);
const tileIndex = z.string().regex(/^(0|[1-9][0-9]{0,4})$/);
const MODEL = { model: path(modelIdSchema) };
const RUN = { ...MODEL, run: path(runOrLatestSchema) };
const VARIABLE = { ...RUN, var: path(varIdSchema) };
const VERSION = {
  v: optional(
    frameVersionSchema,
    "A frame's version, as its manifest lists it: the answer is then immutable, and 404 once the frame is built again",
  ),
};
const FRAME = { ...VARIABLE, fh: path(leadTextSchema, frameTextSchema), ...VERSION };
const PINNED_FRAME = { ...FRAME, run: path(runIdSchema) };
const TILE = {
  z: path(tileIndex, wholeNumber(MAX_ZOOM)),
  x: path(tileIndex, wholeNumber(2 ** MAX_ZOOM - 1)),
  y: path(tileIndex, wholeNumber(2 ** MAX_ZOOM - 1)),
};
const EMPTY_TILE = {
  empty: optional(
    z.literal("png"),
    "A transparent picture instead of 204, for clients that treat 204 as a failure; after v, if that is given",
  ),
};
const POINT = {
  lat: query(samplePointSchema.shape.lat, z.number().min(-90).max(90)),
  lon: query(samplePointSchema.shape.lon, z.number().min(-180).max(360)),
};
const { model, run, var: variable, fh } = sampleFrameSchema.shape;
const QUERIED_FRAME = {
  model: query(model),
  run: query(run),
  var: query(variable),
  fh: query(fh, frameTextSchema),
};

const IDENTITY_EXAMPLE = { model: "hrrr", run: "20260217_06z", var: "tmp2m" };
const FRAME_EXAMPLE = { ...IDENTITY_EXAMPLE, fh: "1" };
const POINT_EXAMPLE = { lat: "39", lon: "-98" };
const TILE_EXAMPLE = { z: "5", x: "7", y: "12" };

const DISCOVERY: readonly Operation[] = [
  {
    path: "/api/v3",
    method: "get",
    id: "getLanding",
    tag: "Discovery",
    summary: "Links to everything that this server offers",
    parameters: {},
    example: {},
    answer: z.object({
      title: z.string(),
      description: z.string(),
      contract_version: z.string(),
      links: z.array(z.object({ rel: z.string(), href: z.string(), title: z.string(), type: z.string() })),
    }),
  },
  {
    path: "/api/v3/models",
    method: "get",
    id: "listModels",
    tag: "Discovery",
    summary: "Models with published runs",
    parameters: {},
    answer: modelsAnswerSchema,
    example: {},
  },
  {
    path: "/api/v3/{model}/runs",
    method: "get",
    id: "listRuns",
    tag: "Discovery",
    summary: "Runs of a model, newest first",
    parameters: MODEL,
    answer: runsAnswerSchema,
    example: { model: "hrrr" },
  },
  {
    path: "/api/v3/{model}/{run}/manifest",
    method: "get",
    id: "getManifest",
    tag: "Discovery",
    summary: "The manifest of a run: its published frames",
    parameters: RUN,
    answer: manifestSchema,
    example: { model: "hrrr", run: "latest" },
  },
  {
    path: "/api/v3/{model}/{run}/vars",
    method: "get",
    id: "listVariables",
    tag: "Discovery",
    summary: "Variables of a run",
    parameters: RUN,
    answer: varsAnswerSchema,
    example: { model: "hrrr", run: "20260217_06z" },
  },
  {
    path: "/api/v3/{model}/{run}/{var}/frames",
    method: "get",
    id: "listFrames",
    tag: "Discovery",
    summary: "Published hours of a variable",
    parameters: VARIABLE,
    answer: framesAnswerSchema,
    example: IDENTITY_EXAMPLE,
  },
  {
    path: "/api/v3/{model}/{run}/{var}/{fh}",
    method: "get",
    id: "getFrame",
    tag: "Discovery",
    summary: "The sidecar of a frame",
    parameters: FRAME,
    answer: sidecarSchema,
    example: FRAME_EXAMPLE,
  },
  {
    path: "/api/regions",
    method: "get",
    id: "listRegions",
    tag: "Discovery",
    summary: "View presets",
    parameters: {},
    answer: regionsSchema,
    example: {},
  },
];

const VALUES: readonly Operation[] = [
  {
    path: "/api/v3/sample",
    method: "get",
    id: "sample",
    tag: "Values",
    summary: "The value of a frame at a point",
    description:
      "204 outside the coverage and where there is no value; with empty=null it is 200 with a value of null.",
    parameters: {
      ...QUERIED_FRAME,
      ...POINT,
      empty: optional(sampleFormSchema.shape.empty.unwrap(), "An answer whose value is null, instead of 204"),
      z: optional(
        sampleFormSchema.shape.z.unwrap(),
        "Zoom of a map: the value of the pixel that the map shows at the point, from the overview that it is drawn from",
      ),
    },
    answer: sampleOrEmptySchema,
    mayBeEmpty: true,
    isLimited: true,
    example: { ...FRAME_EXAMPLE, ...POINT_EXAMPLE },
  },
  {
    path: "/api/v3/sample",
    method: "post",
    id: "sampleMany",
    tag: "Values",
    summary: "The values of a frame at up to 500 points",
    description: "In the order of the points; null outside the coverage and where there is no value.",
    parameters: {},
    body: samplesRequestSchema,
    answer: samplesAnswerSchema,
    isLimited: true,
    example: {},
    isUnconditional: true,
    statuses: { "413": "The body is too large", "415": "The body is not JSON" },
    exampleBody: { model: "hrrr", run: "latest", var: "tmp2m", fh: 1, points: [{ lat: 39, lon: -98 }] },
  },
  {
    path: "/api/v3/series",
    method: "get",
    id: "series",
    tag: "Values",
    summary: "Series of variables at a point: their values at all hours",
    description: "As JSON, or as a table (CSV, RFC 4180) with a row for each hour.",
    parameters: {
      model: query(model),
      run: query(run),
      var: {
        ...query(seriesTargetSchema.shape.var, z.string()),
        description: "Up to 12 variables, separated by commas",
      },
      ...POINT,
      format: optional(seriesFormSchema.shape.format.unwrap(), "json by default"),
    },
    answer: seriesAnswerSchema,
    alternatives: ["text/csv"],
    isLimited: true,
    example: { model: "hrrr", run: "latest", var: "tmp2m", ...POINT_EXAMPLE },
  },
  {
    path: "/api/v3/{model}/{run}/{var}/{fh}/contours/{key}",
    method: "get",
    id: "getContours",
    tag: "Values",
    summary: "Contours of a frame, as GeoJSON",
    description: "The key may end in .geojson, for programs that tell formats by file names.",
    parameters: { ...FRAME, key: path(contourKeySchema) },
    answer: contourCollectionSchema,
    mediaType: "application/geo+json",
    hasRanges: true,
    isLimited: true,
    example: { ...FRAME_EXAMPLE, key: "iso32f" },
  },
];

const PICTURES: readonly Operation[] = [
  {
    path: "/tiles/v3/{model}/{run}/{var}/{fh}/{z}/{x}/{y}.png",
    method: "get",
    id: "getTile",
    tag: "Pictures",
    summary: "A tile of a frame's picture",
    description: "204 outside the coverage, or a transparent picture with empty=png.",
    parameters: { ...PINNED_FRAME, ...EMPTY_TILE, ...TILE },
    answer: "image/png",
    mayBeEmpty: true,
    example: { ...FRAME_EXAMPLE, ...TILE_EXAMPLE },
  },
  {
    path: "/tiles/v3/{model}/{run}/{var}/{fh}/tilejson.json",
    method: "get",
    id: "getTileJson",
    tag: "Pictures",
    summary: "TileJSON 3.0 of a frame",
    parameters: PINNED_FRAME,
    answer: tileJsonSchema,
    example: FRAME_EXAMPLE,
  },
  {
    path: "/api/v3/{model}/{run}/{var}/{fh}/legend.png",
    method: "get",
    id: "getLegend",
    tag: "Pictures",
    summary: "The legend of a frame as a picture",
    parameters: FRAME,
    answer: "image/png",
    example: FRAME_EXAMPLE,
  },
];

const FILES: readonly Operation[] = [
  {
    path: "/cog/v3/{model}/{run}/{var}/{fh}/{file}",
    method: "get",
    id: "getCog",
    tag: "Files",
    summary: "A frame's Cloud Optimized GeoTIFF, by byte ranges",
    description: "The picture (rgba.cog.tif) or the values (val.cog.tif), each with metadata that describe the frame.",
    parameters: { ...PINNED_FRAME, file: path(z.enum(Object.keys(COG_FILES) as (keyof typeof COG_FILES)[])) },
    answer: "image/tiff",
    hasRanges: true,
    example: { ...FRAME_EXAMPLE, file: "val.cog.tif" },
  },
];

const NEWS: readonly Operation[] = [
  {
    path: "/api/v3/events",
    method: "get",
    id: "getEvents",
    tag: "News",
    summary: "Events: new hours, new runs; as server-sent events",
    description:
      "The data of each event is JSON; `x-events` has the schema for each name. Each event has an id: with " +
      "`Last-Event-ID` a client gets the events that it missed, or an event `missed` when the server no longer has them.",
    parameters: {},
    answer: "text/event-stream",
    isLimited: true,
    isUnconditional: true,
    example: {},
    events: EVENT_SCHEMAS,
  },
];

const OGC = {
  layer: optional(z.string(), "For GetTile: a layer such as hrrr_tmp2m"),
  style: optional(z.literal("default"), "For GetTile"),
  format: optional(z.literal("image/png"), "For GetTile"),
  tilematrixset: optional(
    z.enum(["WebMercatorQuad", "WebMercatorQuadx2"]),
    "For GetTile: tiles of 256 or of 512 pixels",
  ),
  tilematrix: optional(wholeNumber(MAX_ZOOM), "For GetTile: the zoom"),
  tilerow: optional(wholeNumber(2 ** MAX_ZOOM - 1), "For GetTile"),
  tilecol: optional(wholeNumber(2 ** MAX_ZOOM - 1), "For GetTile"),
  time: optional(z.string(), "The valid time, ISO 8601, default or current"),
  reference_time: optional(z.string(), "The run, ISO 8601, default or current"),
  i: optional(wholeNumber(511), "For GetFeatureInfo: a column of the tile"),
  j: optional(wholeNumber(511), "For GetFeatureInfo: a row of the tile"),
  infoformat: optional(z.enum(["application/json", "text/plain"]), "For GetFeatureInfo"),
};

const WMTS: readonly Operation[] = [
  {
    path: "/wmts/v3",
    method: "get",
    id: "wmts",
    tag: "WMTS",
    summary: "WMTS 1.0.0 by key-value pairs: GetCapabilities, GetTile, GetFeatureInfo",
    description: "Names are accepted in any case, and unknown names are ignored, as OGC requires.",
    parameters: {
      service: optional(z.literal("WMTS"), "WMTS"),
      request: optional(
        z.enum(["GetCapabilities", "GetTile", "GetFeatureInfo"]),
        "GetCapabilities by default",
      ),
      version: optional(z.literal("1.0.0"), "1.0.0"),
      ...OGC,
    },
    answer: "application/xml",
    alternatives: ["image/png", "application/json", "text/plain"],
    isLimited: true,
    problemType: "application/xml",
    example: { service: "WMTS", request: "GetCapabilities" },
  },
  {
    path: "/wmts/v3/1.0.0/WMTSCapabilities.xml",
    method: "get",
    id: "getCapabilities",
    tag: "WMTS",
    summary: "The capabilities document, which names all other addresses of the REST encoding",
    parameters: {},
    answer: "application/xml",
    problemType: "application/xml",
    example: {},
  },
];

const probe = z.object({ status: z.string(), reason: z.string().optional() });

const SERVICE: readonly Operation[] = [
  {
    path: "/livez",
    method: "get",
    id: "livez",
    tag: "Service",
    summary: "Whether the process answers",
    parameters: {},
    answer: probe,
    isUnconditional: true,
    example: {},
  },
  {
    path: "/readyz",
    method: "get",
    id: "readyz",
    tag: "Service",
    summary: "Whether a map can be shown",
    parameters: {},
    answer: probe,
    isUnconditional: true,
    problemType: "application/json",
    example: {},
  },
  {
    path: "/health",
    method: "get",
    id: "health",
    tag: "Service",
    summary: "How fresh each model is, and what is damaged",
    parameters: {},
    isUnconditional: true,
    example: {},
    answer: probe.extend({
      models: z.array(z.looseObject({ id: modelIdSchema, fresh: z.boolean() })),
      damaged: z.array(z.looseObject({ model: modelIdSchema, what: z.string(), reason: z.string() })),
    }),
  },
  {
    path: "/metrics",
    method: "get",
    id: "metrics",
    tag: "Service",
    summary: "Metrics for Prometheus",
    parameters: {},
    answer: "text/plain",
    isUnconditional: true,
    example: {},
  },
];

export const OPERATIONS: readonly Operation[] = [
  ...DISCOVERY,
  ...VALUES,
  ...PICTURES,
  ...FILES,
  ...NEWS,
  ...WMTS,
  ...SERVICE,
];
