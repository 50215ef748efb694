import type { VersionedFrame } from "../../contract/frame_version.ts";

/** Cache-Control values of answers, as RFC 9111 defines them. */

/** Lifetime of a URL whose content never changes. */
export const IMMUTABLE = "public, max-age=31536000, immutable";
/** Lifetime of answers that the next frame may change: incomplete manifests, and missing data. */
export const SHORT_LIVED = "public, max-age=15";
export const ONE_MINUTE = "public, max-age=60";
export const ONE_HOUR = "public, max-age=3600";
export const REVALIDATE = "no-cache";
export const NEVER = "no-store";

/** Lifetime of a frame's answers. Without a version it is one minute, because the frame may be built again. */
export function frameLifetime({ v }: VersionedFrame): string {
  return v === undefined ? ONE_MINUTE : IMMUTABLE;
}

/** Lifetime of a manifest. A complete run changes too: a repair drops a frame and builds it again. */
export function manifestLifetime(isComplete: boolean): string {
  return isComplete ? ONE_MINUTE : SHORT_LIVED;
}
