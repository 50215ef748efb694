import type { ModelId, RunId } from "../../contract/identity.ts";
import { type Manifest, manifestSchema } from "../../contract/manifest.ts";
import { type DataRoots, locate, manifestPath } from "../../contract/paths.ts";
import { readJson } from "../disk/read_json.ts";

/** Reads the manifest of a run; null before its first frame. @throws BadDocumentError when the manifest is damaged */
export async function readManifest(roots: DataRoots, model: ModelId, run: RunId): Promise<Manifest | null> {
  return await readJson(locate(roots, manifestPath(model, run)), manifestSchema);
}
