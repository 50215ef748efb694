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
/** State of a model's sources when its scheduler last wrote the file. */
export type HealthFile = z.infer<typeof fileSchema>;

function pathOf(dataRoot: string, model: ModelId): string {
  return `${dataRoot}/sources/${model}.json`;
}

/** Writes the state of a model's sources, which the `status` command shows. */
export async function writeHealth(dataRoot: string, model: ModelId, sources: readonly SourceHealth[]): Promise<void> {
  await writeJsonAtomically(pathOf(dataRoot, model), { sources, written: new Date().toISOString() });
}

/**
 * Reads the state of a model's sources. Null when there is no readable file: the scheduler writes it again at its next
 * wait.
 */
export async function readHealth(dataRoot: string, model: ModelId): Promise<HealthFile | null> {
  return await readJsonOrNull(pathOf(dataRoot, model), fileSchema);
}
