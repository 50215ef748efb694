import { frameId, type RunId } from "../../contract/identity.ts";
import { artifactPath, type DataRoots, locate, manifestPath } from "../../contract/paths.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { setAsideUnlessFile } from "../disk/set_aside.ts";
import { type Model, variableLeads } from "../models/model.ts";
import { emptyManifest, keptUntil, withFrame } from "./edit_manifest.ts";
import { readFrameSidecar } from "./frame_sidecar.ts";
import { lockModel } from "./model_lock.ts";
import { takeBack } from "./retired_runs.ts";
import { frameProblem } from "./verify_run.ts";

/**
 * Writes a run's manifest again from the files of its undamaged frames, in place of a damaged or missing manifest. The
 * lost manifest may have named a time until which its run stays; the new one gets `keepUntil`.
 * @returns the number of frames
 */
export async function rebuildManifest(roots: DataRoots, model: Model, run: RunId, keepUntil: Date): Promise<number> {
  using _lock = await lockModel(roots, model.id);
  await takeBack(roots, model.id, run); // a run is never listed and retired at once
  let manifest = keptUntil(emptyManifest({ model: model.id, run }), keepUntil);
  let frames = 0;
  for (const variable of model.variables) {
    for (const lead of variableLeads(model, variable, run)) {
      const frame = frameId(model, run, variable.id, lead);
      if (await frameProblem(roots, frame) !== null) continue;
      const found = await readFrameSidecar(locate(roots, artifactPath("published", frame, "sidecar")));
      if (found === null) continue; // removed in the meantime
      manifest = withFrame(manifest, model, frame, found);
      frames++;
    }
  }
  const path = locate(roots, manifestPath(model.id, run));
  await setAsideUnlessFile(path);
  await writeJsonAtomically(path, manifest);
  return frames;
}
