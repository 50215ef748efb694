import * as z from "zod";
import type { FrameId } from "./identity.ts";

/**
 * Which bytes a frame has: the first 12 hex digits of its sidecar's SHA-256, which holds the hashes of all its artifacts. A
 * frame that is dropped and built again has another one, so a URL with a version names its bytes for ever.
 */
export const frameVersionSchema = z.string()
  .regex(/^[0-9a-f]{12}$/, "expected a frame's version, 12 hex digits as its manifest lists them")
  .brand<"FrameVersion">();
export type FrameVersion = z.infer<typeof frameVersionSchema>;

/** A frame, and which bytes of it are meant; whatever it has now where none is named. */
export interface VersionedFrame extends FrameId {
  readonly v?: FrameVersion | undefined;
}

/** The version of a frame with this sidecar, byte by byte as it is on disk. */
export async function frameVersionOf(sidecar: Uint8Array<ArrayBuffer>): Promise<FrameVersion> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", sidecar));
  return frameVersionSchema.parse(hash.toHex().slice(0, 12));
}
