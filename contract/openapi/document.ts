import { PROBLEM_MEDIA_TYPE } from "../problem.ts";
import { MODELS_URL } from "../urls.ts";
import { CONTRACT_VERSION } from "../version.ts";
import { type Operation, OPERATIONS, type Parameter, TAGS } from "./operations.ts";
import { jsonSchema, namedSchemas } from "./schemas.ts";

/**
 * The API as an OpenAPI 3.1 document, made from the schemas that the server itself validates with.
 * @param base scheme, host and prefix of the addresses
 */
export function openApiDocument(base: string) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of OPERATIONS) {
    (paths[operation.path] ??= {})[operation.method] = describe(operation);
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "twf-v3",
      version: CONTRACT_VERSION,
      summary: "Forecast maps of weather models: tiles, values, and what is published",
      description:
        "`latest` stands for a model's latest run, everywhere except in tiles and COGs. A frame's URL with `v`, its version " +
        "as the manifest lists it, is immutable, and 404 once the frame is built again; without `v` it may be cached for a minute. " +
        "Errors are problem details (RFC 9457) and name the parameter. An unknown parameter is an error.",
      license: {
        name: "The data is under the licence that each model's attribution names",
        url: base + MODELS_URL,
      },
    },
    servers: [{ url: base }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    security: [],
    paths,
    components: { schemas: namedSchemas(), responses: RESPONSES, parameters: HEADERS },
  };
}

const problem = (description: string) => ({
  description,
  content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } },
});

const RESPONSES = {
  BadRequest: problem("A parameter is invalid, missing or unknown"),
  NotFound: problem("The requested data is not published; try again later"),
  MethodNotAllowed: problem("The method is not allowed; see Allow"),
  PreconditionFailed: problem("The current version does not match If-Match or If-Unmodified-Since"),
  AddressTooLong: problem("The address is too long"),
  RangeNotSatisfiable: problem("The range begins after the end of the file"),
  TooManyRequests: problem("The client requests too much; see Retry-After"),
  Unavailable: problem("The server is too busy, or a file is damaged and will be built again; see Retry-After"),
  NotModified: { description: "The client already has the current version" },
  Nothing: { description: "No data here; this is not an error" },
};

const header = (name: string, description: string) => ({
  name,
  in: "header",
  required: false,
  description,
  schema: { type: "string" },
});

const HEADERS = {
  IfNoneMatch: header("If-None-Match", "ETags that the client has; 304 when one of them is current"),
  Range: header("Range", "The requested bytes, such as bytes=0-16383"),
};

function describe(operation: Operation) {
  const { id, tag, summary, description, parameters, body, exampleBody, events, example } = operation;
  const headers = [
    ...(operation.isUnconditional ? [] : ["IfNoneMatch"]),
    ...(operation.hasRanges ? ["Range"] : []),
  ];
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: description ?? `${summary}.`,
    parameters: [
      ...Object.entries(parameters).map(([name, parameter]) => describeParameter(name, parameter, example[name])),
      ...headers.map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ],
    ...(body
      ? {
        requestBody: {
          required: true,
          content: { "application/json": { schema: jsonSchema(body), example: exampleBody } },
        },
      }
      : {}),
    ...(events
      ? { "x-events": Object.fromEntries(Object.entries(events).map(([name, schema]) => [name, jsonSchema(schema)])) }
      : {}),
    responses: responsesOf(operation),
  };
}

function describeParameter(name: string, parameter: Parameter, example: string | undefined) {
  const { in: place, schema, as = schema, isOptional = false, description } = parameter;
  const shown = jsonSchema(as);
  const isNumber = shown.type === "integer" || shown.type === "number";
  return {
    name,
    in: place,
    required: !isOptional,
    schema: shown,
    ...(description === undefined ? {} : { description }),
    ...(example === undefined ? {} : { example: isNumber ? Number(example) : example }),
  };
}

function responsesOf(operation: Operation): Record<string, unknown> {
  const { answer, mediaType = "application/json", alternatives = [], problemType, statuses = {} } = operation;
  const content = {
    ...(typeof answer === "string" ? { [answer]: {} } : { [mediaType]: { schema: jsonSchema(answer) } }),
    ...Object.fromEntries(alternatives.map((type) => [type, {}])),
  };
  const shared = (name: keyof typeof RESPONSES) =>
    problemType === undefined || !("content" in RESPONSES[name])
      ? { $ref: `#/components/responses/${name}` }
      : { description: RESPONSES[name].description, content: { [problemType]: {} } };
  return {
    "200": { description: "The requested data", content },
    ...(operation.mayBeEmpty ? { "204": shared("Nothing") } : {}),
    ...(operation.hasRanges ? { "206": { description: "The requested bytes", content } } : {}),
    ...(operation.isUnconditional ? {} : { "304": shared("NotModified") }),
    "400": shared("BadRequest"),
    "404": shared("NotFound"),
    // The server answers this before it knows which operation is meant.
    "405": { $ref: "#/components/responses/MethodNotAllowed" },
    ...(operation.isUnconditional ? {} : { "412": shared("PreconditionFailed") }),
    "414": { $ref: "#/components/responses/AddressTooLong" },
    ...(operation.hasRanges ? { "416": shared("RangeNotSatisfiable") } : {}),
    ...Object.fromEntries(Object.entries(statuses).map(([status, meaning]) => [status, problem(meaning)])),
    ...(operation.isLimited ? { "429": shared("TooManyRequests") } : {}),
    "503": shared("Unavailable"),
  };
}
