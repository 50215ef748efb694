import * as z from "zod";
import { isoSeconds, type ModelId, runIdSchema, utcTimeSchema } from "../../contract/identity.ts";
import { FRAME_SHAPE, namesFrame } from "../../contract/lead.ts";
import type { Model } from "../models/model.ts";
import { writeFileAtomically } from "../disk/atomic_write.ts";
import { readJson } from "../disk/read_json.ts";
import { BUILDER_VERSION } from "../version.ts";

const recordSchema = namesFrame(z.object({
  model: z.string(),
  run: runIdSchema,
  ...FRAME_SHAPE,
  variables: z.array(z.string()),
  sources: z.array(z.string()),
  checked_at: utcTimeSchema,
  builder_version: z.string(),
}));
/** Record that a model's acquisition check passed on its live feed. */
export type FeedRecord = z.infer<typeof recordSchema>;

/** Error when a model's feed was not checked yet. The message says how to check it. */
export class UnverifiedFeedError extends Error {
  override readonly name = "UnverifiedFeedError";
}

function recordPath(dataRoot: string, model: ModelId): string {
  return `${dataRoot}/acquisition/${model}.json`;
}

export async function recordVerifiedFeed(
  dataRoot: string,
  model: ModelId,
  passed: Pick<FeedRecord, "run" | "frame" | "fh" | "variables" | "sources">,
): Promise<void> {
  const record: FeedRecord = {
    model,
    ...passed,
    checked_at: isoSeconds(new Date()),
    builder_version: BUILDER_VERSION,
  };
  await writeFileAtomically(
    recordPath(dataRoot, model),
    new TextEncoder().encode(JSON.stringify(record, null, 2) + "\n"),
  );
}

/**
 * Checks that a model may be built unattended: its table was checked with real files when it was written, or
 * `check-model` has passed on the live feed since.
 * @throws UnverifiedFeedError when neither is so
 */
export async function requireVerifiedFeed(dataRoot: string, model: Model): Promise<void> {
  if (model.feed === "verified") return;
  if (await readJson(recordPath(dataRoot, model.id), recordSchema) !== null) return;
  throw new UnverifiedFeedError(
    `Model ${model.id} is unverified: its table was written without a real file to check it with. Run ` +
      `"deno task check-model --model ${model.id}" first, which records that its live feed is as the table says; ` +
      `or name a source with --source to build from it all the same`,
  );
}
