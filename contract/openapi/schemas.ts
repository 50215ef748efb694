import * as z from "zod";
import {
  framesAnswerSchema,
  modelsAnswerSchema,
  runsAnswerSchema,
  sampleOrEmptySchema,
  samplesAnswerSchema,
  samplesRequestSchema,
  seriesAnswerSchema,
  tileJsonSchema,
  varsAnswerSchema,
} from "../api.ts";
import { contourCollectionSchema } from "../contours.ts";
import { legendSchema } from "../legend.ts";
import { manifestFrameSchema, manifestSchema, manifestVariableSchema } from "../manifest.ts";
import { problemSchema } from "../problem.ts";
import { regionSchema, regionsSchema } from "../regions.ts";
import { sidecarSchema } from "../sidecar.ts";

/** The schemas that have a name in the API document: a generator makes a type of each. */
const NAMED: Readonly<Record<string, z.ZodType>> = {
  Problem: problemSchema,
  Model: modelsAnswerSchema.shape.models.element,
  Models: modelsAnswerSchema,
  Run: runsAnswerSchema.shape.runs.element,
  Runs: runsAnswerSchema,
  Variable: varsAnswerSchema.shape.vars.element,
  Variables: varsAnswerSchema,
  Manifest: manifestSchema,
  ManifestVariable: manifestVariableSchema,
  ListedFrame: manifestFrameSchema,
  Frames: framesAnswerSchema,
  Frame: sidecarSchema,
  Legend: legendSchema,
  Contours: contourCollectionSchema,
  Sample: sampleOrEmptySchema,
  SamplesRequest: samplesRequestSchema,
  Samples: samplesAnswerSchema,
  Series: seriesAnswerSchema,
  Region: regionSchema,
  Regions: regionsSchema,
  TileJson: tileJsonSchema,
};

const registry = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(NAMED)) registry.add(schema, { id });

type JsonSchema = Record<string, unknown>;

/** Every named schema, by its name; named schemas refer to each other by name. */
export function namedSchemas(): Record<string, JsonSchema> {
  const { schemas } = z.toJSONSchema(registry, { uri: reference, io: "input", unrepresentable: "any" });
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, withoutIds(schema as JsonSchema)]));
}

function reference(id: string): string {
  return `#/components/schemas/${id}`;
}

/** JSON schema of a schema's input, before transformations: a reference when the schema has a name. */
export function jsonSchema(schema: z.ZodType): JsonSchema {
  const id = registry.get(schema)?.id;
  if (id !== undefined) return { $ref: reference(id) };
  return withoutIds(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema);
}

/** Removes `$schema` and `$id`: the document is one resource, and its parts have no addresses. */
function withoutIds({ $schema: _schema, $id: _id, ...rest }: JsonSchema): JsonSchema {
  return withItems(rest) as JsonSchema;
}

/** Adds `items` to tuples. Generators and linters know arrays by `items`, and few know `prefixItems`. */
function withItems(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withItems);
  if (typeof value !== "object" || value === null) return value;
  const schema: JsonSchema = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withItems(part)]));
  const { prefixItems: places, ...rest } = schema;
  if (!Array.isArray(places)) return schema;
  const kinds = [...new Map(places.map((place) => [JSON.stringify(place), place])).values()];
  const length = { minItems: places.length, maxItems: places.length };
  return kinds.length === 1
    ? { ...rest, items: kinds[0], ...length }
    : { ...schema, items: { anyOf: kinds }, ...length };
}
