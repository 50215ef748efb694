import * as z from "zod";
import type { ModelId } from "../../contract/identity.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { readJsonOrNull } from "../disk/read_json.ts";
import type { SourceHealth } from "./source_health.ts";

const fileSchema = z.object({
  sources: z.array(z.object({
    source: z.string(),
    baseUrl: z.string(),
    state: z.enum(["closed", "half-open", "open"]),
    asideUntil: z.string().nullable(),
    lastFailure: z.string().nullable(),
    lastFailureAt: z.string().nullable(),
    lastSuccessAt: z.string().nullable(),
  })),
  written: z.string(),
});
/** How a model's sources were doing when its scheduler last said so. */
export type HealthFile = z.infer<typeof fileSchema>;

function pathOf(dataRoot: string, model: ModelId): string {
  return `${dataRoot}/sources/${model}.json`;
}

/** Writes what `status` tells of a model's sources. */
export async function writeHealth(dataRoot: string, model: ModelId, sources: readonly SourceHealth[]): Promise<void> {
  await writeJsonAtomically(pathOf(dataRoot, model), { sources, written: new Date().toISOString() });
}

/** Null when no scheduler has written any that can be read: it writes them anew at its next wait. */
export async function readHealth(dataRoot: string, model: ModelId): Promise<HealthFile | null> {
  return await readJsonOrNull(pathOf(dataRoot, model), fileSchema);
}
