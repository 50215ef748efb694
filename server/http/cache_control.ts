import type { VersionedFrame } from "../../contract/frame_version.ts";

/** How long an answer may be kept, in the words of RFC 9111. */

/** What a URL names together with its bytes. */
export const IMMUTABLE = "public, max-age=31536000, immutable";
/** What may change with the next frame: manifests that are not complete, and things that are not there yet. */
export const SHORT_LIVED = "public, max-age=15";
export const ONE_MINUTE = "public, max-age=60";
export const ONE_HOUR = "public, max-age=3600";
export const REVALIDATE = "no-cache";
export const NEVER = "no-store";

/** What is answered of a frame: for ever where its version was asked for, since a frame without one may be built again. */
export function frameLifetime({ v }: VersionedFrame): string {
  return v === undefined ? ONE_MINUTE : IMMUTABLE;
}

/** A complete run changes too: a repair drops a frame and builds it again. */
export function manifestLifetime(isComplete: boolean): string {
  return isComplete ? ONE_MINUTE : SHORT_LIVED;
}
