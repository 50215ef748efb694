import { artifactPath } from "../../contract/paths.ts";
import type { BuiltFrame } from "../frame/build_frame.ts";
import { removeIfThere, writeFileAtomically } from "./atomic_write.ts";

/**
 * Puts a built frame into staging: pictures and values first, the sidecar last. When a write fails, what was written
 * of the frame is removed again.
 * @throws Error naming the file that could not be written
 */
export async function stageFrame(dataRoot: string, { frame, sidecar, rgba, values }: BuiltFrame): Promise<void> {
  const path = (kind: "rgba" | "values" | "sidecar") => `${dataRoot}/${artifactPath("staging", frame, kind)}`;
  try {
    await writeFileAtomically(path("rgba"), rgba);
    await writeFileAtomically(path("values"), values);
    await writeFileAtomically(path("sidecar"), new TextEncoder().encode(JSON.stringify(sidecar, null, 2) + "\n"));
  } catch (error) {
    // The first failure is the one to tell; on a disk that is gone, removing fails as well.
    await Promise.allSettled((["rgba", "values", "sidecar"] as const).map((kind) => removeIfThere(path(kind))));
    throw error;
  }
}
