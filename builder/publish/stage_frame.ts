import { type ArtifactKind, artifactPath, type DataRoots, locate } from "../../contract/paths.ts";
import type { BuiltFrame } from "../frame/build_frame.ts";
import { filesOf } from "../frame/frame_artifacts.ts";
import { removeIfThere, writeFileAtomically } from "../disk/atomic_write.ts";

/**
 * Puts a built frame into staging: its artifacts first, the sidecar last. When a write fails, all
 * files of the frame are removed again.
 * @throws Error naming the file that could not be written
 */
export async function stageFrame(roots: DataRoots, built: BuiltFrame): Promise<void> {
  const { frame, sidecar, artifacts } = built;
  const files: [ArtifactKind, Uint8Array][] = [
    ...filesOf(artifacts),
    ["sidecar", new TextEncoder().encode(JSON.stringify(sidecar, null, 2) + "\n")],
  ];
  const path = (kind: ArtifactKind) => locate(roots, artifactPath("staging", frame, kind));
  try {
    for (const [kind, bytes] of files) await writeFileAtomically(path(kind), bytes);
  } catch (error) {
    // The first failure is the one to report; on a disk that is gone, removing fails as well.
    await Promise.allSettled(files.map(([kind]) => removeIfThere(path(kind))));
    throw error;
  }
}
