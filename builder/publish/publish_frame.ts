import type { FrameId, RunId } from "../../contract/identity.ts";
import { hasFrame, type Manifest, type ManifestFailure } from "../../contract/manifest.ts";
import { type DataRoots, locate, manifestPath } from "../../contract/paths.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import type { Model } from "../models/model.ts";
import { dropListed } from "./drop_frames.ts";
import { emptyManifest, keptUntil, withFailure, withFrame } from "./edit_manifest.ts";
import { promote, type Promotion, type PromotionRules } from "./latest_pointer.ts";
import { lockModel } from "./model_lock.ts";
import { reachPhase } from "./phases.ts";
import { readManifest } from "./read_manifest.ts";
import { retiredAt, takeBack } from "./retired_runs.ts";
import { clearStaged, moveToPublished, requireStaged } from "./staged_frame.ts";

export interface PublishOutcome {
  /** False when the frame was published already; a published frame is never rewritten. */
  readonly isNew: boolean;
  /** Whether this frame made its run the latest one, or why not. */
  readonly promotion: Promotion;
}

/** Whether a manifest already names the frame. */
export async function isPublished(roots: DataRoots, frame: FrameId): Promise<boolean> {
  const manifest = await readManifest(roots, frame.model, frame.run);
  return manifest !== null && hasFrame(manifest, frame);
}

/**
 * Publishes a staged frame: its files, then the manifest, then, when the run is due, LATEST. Each step is a rename, so
 * a reader sees the state before or after it. A lock that dies with its process allows one publisher per model at a
 * time. When the validation refuses the run, the damaged frames are dropped from it again.
 */
export async function publishFrame(
  roots: DataRoots,
  model: Model,
  frame: FrameId,
  rules: PromotionRules,
): Promise<PublishOutcome> {
  using _lock = await lockModel(roots, model.id);
  // A run that is built again while it is retired keeps its frames.
  const wasRetired = await takeBack(roots, frame.model, frame.run);
  const found = await readManifest(roots, frame.model, frame.run);
  const before = found && keptUntil(found, wasRetired ? rules.keepUntil : undefined);
  if (before !== found) await writeJsonAtomically(locate(roots, manifestPath(frame.model, frame.run)), before);
  if (before !== null && hasFrame(before, frame)) {
    await clearStaged(roots, frame); // left by a second builder of the frame
    return { isNew: false, promotion: await promoteOrDrop(roots, model, before, rules) };
  }
  const staged = await requireStaged(roots, frame);
  await moveToPublished(roots, frame);
  reachPhase("moved", frame);
  const manifest = keptUntil(withFrame(before ?? emptyManifest(frame), model, frame, staged), rules.keepUntil);
  await writeJsonAtomically(locate(roots, manifestPath(frame.model, frame.run)), manifest);
  reachPhase("listed", frame);
  const promotion = await promoteOrDrop(roots, model, manifest, rules);
  if (promotion.state === "promoted") reachPhase("promoted", frame);
  return { isNew: true, promotion };
}

/**
 * Promotes a run that is due: the publisher of its last frame may have ended before, or was not allowed to move LATEST.
 */
export async function promoteRun(
  roots: DataRoots,
  model: Model,
  run: RunId,
  rules: PromotionRules,
): Promise<Promotion> {
  using _lock = await lockModel(roots, model.id);
  const manifest = await readManifest(roots, model.id, run);
  return manifest === null ? { state: "not due" } : await promoteOrDrop(roots, model, manifest, rules);
}

async function promoteOrDrop(
  roots: DataRoots,
  model: Model,
  manifest: Manifest,
  rules: PromotionRules,
): Promise<Promotion> {
  const promotion = await promote(roots, model, manifest, rules);
  if (promotion.state === "refused") {
    const frames = promotion.findings.map(({ frame }) => frame).filter((frame) => frame !== null);
    if (frames.length > 0) await dropListed(roots, manifest, frames);
  }
  return promotion;
}

/**
 * Records in the manifest that a frame failed for good, so that readers who wait for it learn why. A run whose first
 * frame fails gets a manifest without frames. A retired run, which no list names, stays as it is.
 */
export async function recordFailure(
  roots: DataRoots,
  model: Model,
  frame: FrameId,
  { attempts, reason }: Pick<ManifestFailure, "attempts" | "reason">,
): Promise<void> {
  using _lock = await lockModel(roots, model.id);
  if (await retiredAt(roots, frame.model, frame.run) !== null) return;
  const manifest = await readManifest(roots, frame.model, frame.run) ?? emptyManifest(frame);
  if (hasFrame(manifest, frame)) return;
  const path = locate(roots, manifestPath(frame.model, frame.run));
  await writeJsonAtomically(path, withFailure(manifest, model, frame, { attempts, reason }));
}
