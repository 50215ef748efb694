import type { VersionedFrame } from "../../contract/frame_version.ts";
import type { PublishedRun } from "../catalogue.ts";
import { LISTING_LIFETIME_S } from "../../contract/retirement.ts";

/** Cache-Control values of answers, as RFC 9111 defines them. */

/** Lifetime of a URL whose content never changes. */
export const IMMUTABLE = "public, max-age=31536000, immutable";
/** Lifetime of answers that the next frame may change: incomplete manifests, and missing data. */
export const SHORT_LIVED = "public, max-age=15";
/** Lifetime of the other answers that name runs or frames: files of removed frames outlast it. */
export const ONE_MINUTE = `public, max-age=${LISTING_LIFETIME_S}`;
export const ONE_HOUR = "public, max-age=3600";
export const REVALIDATE = "no-cache";
export const NEVER = "no-store";

/** Lifetime of a frame's answers. Without a version it is one minute, because the frame may be built again. */
export function frameLifetime({ v }: VersionedFrame): string {
  return v === undefined ? ONE_MINUTE : IMMUTABLE;
}

/**
 * Lifetime of a manifest. A complete run changes too: a repair drops a frame and builds it again. No cache keeps the
 * manifest of a retired run, whose files are about to go.
 */
export function manifestLifetime({ manifest, isRetired }: Pick<PublishedRun, "manifest" | "isRetired">): string {
  if (isRetired) return NEVER;
  return manifest.complete ? ONE_MINUTE : SHORT_LIVED;
}
