import { type ModelId, type RunId, runIdSchema } from "../../contract/identity.ts";
import { manifestDirectory, runOfManifestName } from "../../contract/paths.ts";

/** The runs of a model that have a manifest, newest first. */
export async function publishedRuns(dataRoot: string, model: ModelId): Promise<RunId[]> {
  const names = await entryNames(`${dataRoot}/${manifestDirectory(model)}`);
  return names.map((name) => runIdSchema.safeParse(runOfManifestName(name)))
    .filter((parsed) => parsed.success)
    .map((parsed) => parsed.data)
    .sort()
    .reverse();
}

/** Names of what is in a folder; none when there is no such folder. */
export async function entryNames(folder: string): Promise<string[]> {
  try {
    return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
