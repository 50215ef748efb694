import { parse } from "yaml";
import { z } from "zod";
import { BadDocumentError } from "../../builder/disk/read_json.ts";

/** Patterns of requests: the tiles that are requested, and their order. */
export const patternSchema = z.enum(["random", "sequential", "pan", "zoom", "hotspot", "temporal"]);

const scenarioSchema = z.strictObject({
  description: z.string(),
  kind: z.enum(["tiles", "samples", "series"]).default("tiles"),
  pattern: patternSchema.default("random"),
  /** Zooms of tiles, both ends included. */
  zooms: z.tuple([z.number().int().min(0).max(14), z.number().int().min(0).max(14)]).default([2, 10]),
  /** Number of different requests; they are repeated when all were sent. */
  requests: z.number().int().min(1).max(200_000).default(4000),
  clients: z.number().int().min(1).max(5000).default(32),
  duration_s: z.number().min(1).max(3600).default(10),
  /** Seconds of load before the measurement begins. */
  warm_up_s: z.number().min(0).max(600).default(2),
  seed: z.number().int().default(1),
  /** Limits beyond which the test fails. */
  thresholds: z.strictObject({
    error_rate: z.number().min(0).max(1).default(0),
    min_per_second: z.number().positive().optional(),
    p50_ms: z.number().positive().optional(),
    p99_ms: z.number().positive().optional(),
  }).prefault({}),
});
export type Scenario = z.infer<typeof scenarioSchema> & { readonly name: string };
export type Pattern = z.infer<typeof patternSchema>;

/** Returns a scenario that no file contains, with the defaults of a file. */
export function makeScenario(name: string, values: z.input<typeof scenarioSchema>): Scenario {
  return { name, ...scenarioSchema.parse(values) };
}

const FOLDER = new URL("../scenarios/", import.meta.url);

/** @throws BadDocumentError naming the file and the error */
export async function readScenario(path: string | URL): Promise<Scenario> {
  const text = await Deno.readTextFile(path);
  const name = String(path).split("/").at(-1)!.replace(/\.ya?ml$/, "");
  const parsed = scenarioSchema.safeParse(parse(text));
  if (parsed.success) return { name, ...parsed.data };
  const [issue] = parsed.error.issues;
  throw new BadDocumentError(`Cannot use "${path}": ${issue!.path.join(".") || "the document"}: ${issue!.message}`);
}

/** Returns the scenarios that come with the project. */
export async function knownScenarios(): Promise<Scenario[]> {
  const names = (await Array.fromAsync(Deno.readDir(FOLDER))).map(({ name }) => name).filter((name) =>
    name.endsWith(".yaml")
  );
  return await Promise.all(names.sort().map((name) => readScenario(new URL(name, FOLDER))));
}
