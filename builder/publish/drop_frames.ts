import type { FrameId, ModelId, RunId } from "../../contract/identity.ts";
import type { Manifest } from "../../contract/manifest.ts";
import { artifactPath, type DataRoots, locate, manifestPath } from "../../contract/paths.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { removeTree } from "../disk/folders.ts";
import { withoutFrames } from "./edit_manifest.ts";
import { lockModel } from "./model_lock.ts";
import { readManifest } from "./read_manifest.ts";
import { requireRoots } from "./root_markers.ts";

/** Drops frames from a run as published now, if there is such a run. @see dropListed */
export async function dropFrames(
  roots: DataRoots,
  model: ModelId,
  run: RunId,
  dropped: readonly FrameId[],
): Promise<void> {
  using _lock = await lockModel(roots, model);
  const manifest = await readManifest(roots, model, run);
  if (manifest !== null) await dropListed(roots, manifest, dropped);
}

/**
 * Drops frames from a run: first from the manifest, so that no reader learns of them, then their files. The next build
 * makes these frames again. The caller holds the model's lock.
 * @throws RootError when a root is missing: frames whose disk is away are not damaged
 */
export async function dropListed(roots: DataRoots, manifest: Manifest, dropped: readonly FrameId[]): Promise<void> {
  await requireRoots(roots);
  const path = locate(roots, manifestPath(manifest.model, manifest.run));
  await writeJsonAtomically(path, withoutFrames(manifest, dropped));
  for (const frame of dropped) {
    for (const kind of ["sidecar", "rgba", "values", "contours"] as const) {
      await removeTree(locate(roots, artifactPath("published", frame, kind))); // a file, or a folder in its place
    }
  }
}
