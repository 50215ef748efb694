import { type ModelId, type RunId, runIdSchema } from "../../contract/identity.ts";
import { entryNames } from "../disk/folders.ts";
import { type DataRoots, locate, manifestDirectory, runOfManifestName } from "../../contract/paths.ts";

/** Lists the runs of a model that have a manifest, newest first. */
export async function publishedRuns(roots: DataRoots, model: ModelId): Promise<RunId[]> {
  const names = await entryNames(locate(roots, manifestDirectory(model)));
  return names.map((name) => runIdSchema.safeParse(runOfManifestName(name)))
    .filter((parsed) => parsed.success)
    .map((parsed) => parsed.data)
    .sort()
    .reverse();
}
