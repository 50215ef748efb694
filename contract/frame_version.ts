import * as z from "zod";
import type { FrameId } from "./identity.ts";

/**
 * Version of a frame's bytes: the first 12 hex digits of its sidecar's SHA-256. The sidecar holds the hashes of all
 * artifacts, and a frame that is built again gets another version, so a URL with a version always means the same bytes.
 */
export const frameVersionSchema = z.string()
  .regex(/^[0-9a-f]{12}$/, "expected a frame's version, 12 hex digits as its manifest lists them")
  .brand<"FrameVersion">();
export type FrameVersion = z.infer<typeof frameVersionSchema>;

/** A frame and optionally a version of it; without a version the current one is meant. */
export interface VersionedFrame extends FrameId {
  readonly v?: FrameVersion | undefined;
}

/** Computes the version of a frame from its sidecar's bytes as they are on disk. */
export async function frameVersionOf(sidecar: Uint8Array<ArrayBuffer>): Promise<FrameVersion> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", sidecar));
  return frameVersionSchema.parse(hash.toHex().slice(0, 12));
}
