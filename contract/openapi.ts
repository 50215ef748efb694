import * as z from "zod";
import {
  framesAnswerSchema,
  modelsAnswerSchema,
  runOrLatestSchema,
  runsAnswerSchema,
  sampleAnswerSchema,
  sampleFrameSchema,
  samplePointSchema,
  samplesAnswerSchema,
  samplesRequestSchema,
  seriesAnswerSchema,
  seriesTargetSchema,
  tileJsonSchema,
  varsAnswerSchema,
} from "./api.ts";
import { contourCollectionSchema, contourKeySchema } from "./contours.ts";
import { frameVersionSchema } from "./frame_version.ts";
import { forecastHourTextSchema, modelIdSchema, runIdSchema, varIdSchema } from "./identity.ts";
import { manifestSchema } from "./manifest.ts";
import { PROBLEM_MEDIA_TYPE, problemSchema } from "./problem.ts";
import { regionsSchema } from "./regions.ts";
import { sidecarSchema } from "./sidecar.ts";
import { CONTRACT_VERSION } from "./version.ts";

interface Parameter {
  readonly in: "path" | "query";
  readonly schema: z.ZodType;
  readonly isOptional?: boolean;
  readonly description?: string;
}

/** One way to ask the server something, as the documents and a test know it. */
export interface Operation {
  readonly path: string;
  readonly method: "get" | "post";
  readonly id: string;
  readonly summary: string;
  /** In the path and in the query, by name. */
  readonly parameters: Readonly<Record<string, Parameter>>;
  readonly body?: z.ZodType;
  /** What a 200 holds: a schema of JSON, or a media type. */
  readonly answer: z.ZodType | string;
  /** Whether 204 is an answer: nothing is there, and nothing is wrong. */
  readonly mayBeEmpty?: boolean;
  /** Values that are to be had of any server with a published run; `{run}` and the like are filled in by who tries it. */
  readonly example: Readonly<Record<string, string>>;
  readonly exampleBody?: unknown;
}

const tileIndex = z.string().regex(/^(0|[1-9][0-9]{0,4})$/);
const path = (schema: z.ZodType) => ({ in: "path", schema }) as const;
const query = (schema: z.ZodType) => ({ in: "query", schema }) as const;

const MODEL = { model: path(modelIdSchema) };
const RUN = { ...MODEL, run: path(runOrLatestSchema) };
const VARIABLE = { ...RUN, var: path(varIdSchema) };
const VERSION = {
  v: {
    ...query(frameVersionSchema),
    isOptional: true,
    description: "A frame's version as its manifest lists it: the answer may then be kept for ever",
  },
};
const FRAME = { ...VARIABLE, fh: path(forecastHourTextSchema), ...VERSION };
const PINNED_FRAME = { ...FRAME, run: path(runIdSchema) };
const TILE = { z: path(tileIndex), x: path(tileIndex), y: path(tileIndex) };
const POINT = { lat: query(samplePointSchema.shape.lat), lon: query(samplePointSchema.shape.lon) };

const FRAME_EXAMPLE = { model: "{model}", run: "{run}", var: "{var}", fh: "{fh}" };
const POINT_EXAMPLE = { lat: "39", lon: "-98" };

export const OPERATIONS: readonly Operation[] = [
  {
    ...{ path: "/api/v3/models", method: "get", id: "listModels", summary: "Models of which something is published" },
    ...{ parameters: {}, answer: modelsAnswerSchema, example: {} },
  },
  {
    ...{ path: "/api/v3/{model}/runs", method: "get", id: "listRuns", summary: "Runs of a model, newest first" },
    ...{ parameters: MODEL, answer: runsAnswerSchema, example: { model: "{model}" } },
  },
  {
    ...{
      path: "/api/v3/{model}/{run}/manifest",
      method: "get",
      id: "getManifest",
      summary: "What is published of a run",
    },
    ...{ parameters: RUN, answer: manifestSchema, example: { model: "{model}", run: "latest" } },
  },
  {
    ...{ path: "/api/v3/{model}/{run}/vars", method: "get", id: "listVariables", summary: "Variables of a run" },
    ...{ parameters: RUN, answer: varsAnswerSchema, example: { model: "{model}", run: "{run}" } },
  },
  {
    ...{ path: "/api/v3/{model}/{run}/{var}/frames", method: "get", id: "listFrames", summary: "Hours of a variable" },
    ...{ parameters: VARIABLE, answer: framesAnswerSchema, example: { model: "{model}", run: "{run}", var: "{var}" } },
  },
  {
    ...{ path: "/api/v3/{model}/{run}/{var}/{fh}", method: "get", id: "getFrame", summary: "All about one frame" },
    ...{ parameters: FRAME, answer: sidecarSchema, example: FRAME_EXAMPLE },
  },
  {
    path: "/api/v3/{model}/{run}/{var}/{fh}/contours/{key}",
    ...{ method: "get", id: "getContours", summary: "Lines of equal value of a frame, as GeoJSON" },
    parameters: { ...FRAME, key: path(contourKeySchema) },
    ...{ answer: contourCollectionSchema, example: { ...FRAME_EXAMPLE, key: "{key}" } },
  },
  {
    ...{ path: "/api/v3/sample", method: "get", id: "sample", summary: "The value of a frame at a point" },
    parameters: {
      ...Object.fromEntries(Object.entries(sampleFrameSchema.shape).map(([name, schema]) => [name, query(schema)])),
      ...POINT,
    },
    ...{ answer: sampleAnswerSchema, mayBeEmpty: true, example: { ...FRAME_EXAMPLE, ...POINT_EXAMPLE } },
  },
  {
    ...{
      path: "/api/v3/sample",
      method: "post",
      id: "sampleMany",
      summary: "The values of a frame at up to 500 points",
    },
    ...{ parameters: {}, body: samplesRequestSchema, answer: samplesAnswerSchema, example: {} },
    exampleBody: { model: "{model}", run: "latest", var: "{var}", fh: 0, points: [{ lat: 39, lon: -98 }] },
  },
  {
    ...{ path: "/api/v3/series", method: "get", id: "series", summary: "Variables at a point through all hours" },
    parameters: {
      ...Object.fromEntries(Object.entries(seriesTargetSchema.shape).map(([name, schema]) => [name, query(schema)])),
      ...POINT,
    },
    answer: seriesAnswerSchema,
    example: { model: "{model}", run: "latest", var: "{var}", ...POINT_EXAMPLE },
  },
  {
    ...{ path: "/api/regions", method: "get", id: "listRegions", summary: "View presets" },
    ...{ parameters: {}, answer: regionsSchema, example: {} },
  },
  {
    path: "/tiles/v3/{model}/{run}/{var}/{fh}/{z}/{x}/{y}.png",
    ...{ method: "get", id: "getTile", summary: "A tile of a frame's picture; 204 outside the coverage" },
    ...{ parameters: { ...PINNED_FRAME, ...TILE }, answer: "image/png", mayBeEmpty: true },
    example: { ...FRAME_EXAMPLE, z: "5", x: "7", y: "12" },
  },
  {
    path: "/tiles/v3/{model}/{run}/{var}/{fh}/tilejson.json",
    ...{ method: "get", id: "getTileJson", summary: "TileJSON 3.0 of a frame" },
    ...{ parameters: PINNED_FRAME, answer: tileJsonSchema, example: FRAME_EXAMPLE },
  },
  {
    path: "/cog/v3/{model}/{run}/{var}/{fh}/{file}",
    ...{ method: "get", id: "getCog", summary: "A frame's Cloud Optimized GeoTIFF, by byte ranges" },
    parameters: { ...PINNED_FRAME, file: path(z.enum(["rgba.cog.tif", "val.cog.tif"])) },
    ...{ answer: "image/tiff", example: { ...FRAME_EXAMPLE, file: "val.cog.tif" } },
  },
];

/** The API in the form of OpenAPI 3.1, made from the schemas that the server itself checks with. */
export function openApiDocument() {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    (paths[operation.path] ??= {})[operation.method] = describe(operation);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "twf-v3",
      version: CONTRACT_VERSION,
      summary: "Forecast maps of weather models: tiles, values, and what there is",
      description:
        "`latest` stands for the run readers see first, everywhere but in tiles and COGs. A frame's URL with `v`, its version " +
        "as the manifest lists it, is immutable, and 404 once the frame is built again; without `v` it is good for a minute. Errors are problem details (RFC 9457) and name the parameter.",
    },
    paths,
    components: { schemas: { Problem: jsonSchema(problemSchema) } },
  };
}

function describe({ id, summary, parameters, body, exampleBody, answer, mayBeEmpty, example }: Operation) {
  const problem = { content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } } };
  const content = typeof answer === "string"
    ? { [answer]: {} }
    : { "application/json": { schema: jsonSchema(answer) } };
  return {
    operationId: id,
    summary,
    parameters: Object.entries(parameters).map(([name, { in: place, schema, isOptional = false, description }]) => ({
      ...{ name, in: place, required: !isOptional, schema: jsonSchema(schema), description },
      ...(example[name]?.startsWith("{") ? {} : { example: example[name] }),
    })),
    ...(body
      ? {
        requestBody: {
          required: true,
          content: { "application/json": { schema: jsonSchema(body), example: exampleBody } },
        },
      }
      : {}),
    responses: {
      "200": { description: "What was asked for", content },
      ...(mayBeEmpty ? { "204": { description: "There is nothing at this place" } } : {}),
      "400": { description: "A parameter has no acceptable form", ...problem },
      "404": { description: "It is not published; ask again later", ...problem },
      "503": { description: "Too busy; see Retry-After", ...problem },
    },
  };
}

/** What is read, and not what it becomes: a number in a URL is a text. */
function jsonSchema(schema: z.ZodType) {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return rest;
}
