import { type FrameVersion, frameVersionOf } from "../../contract/frame_version.ts";
import { type Sidecar, sidecarSchema } from "../../contract/sidecar.ts";
import { readDocument } from "../disk/read_json.ts";

/** A frame's sidecar, and the version that the sidecar's bytes give the frame. */
export interface FrameSidecar {
  readonly sidecar: Sidecar;
  readonly version: FrameVersion;
}

/**
 * Reads a sidecar from the disk; null when there is none.
 * @throws BadDocumentError when it is damaged or cannot be read
 */
export async function readFrameSidecar(path: string): Promise<FrameSidecar | null> {
  const found = await readDocument(path, sidecarSchema);
  return found && { sidecar: found.document, version: await frameVersionOf(found.bytes) };
}
