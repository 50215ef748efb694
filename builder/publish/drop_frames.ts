import { createHash } from "node:crypto";
import type { VersionedFrame } from "../../contract/frame_version.ts";
import type { FrameId, ModelId, RunId, VarId } from "../../contract/identity.ts";
import { leadOf } from "../../contract/lead.ts";
import { type DroppedFrame, listedFrame, type Manifest } from "../../contract/manifest.ts";
import {
  ARTIFACT_SUFFIX,
  type ArtifactKind,
  artifactPath,
  type DataRoots,
  locate,
  manifestPath,
} from "../../contract/paths.ts";
import { GRACE_S } from "../../contract/retirement.ts";
import { describedArtifacts } from "../../contract/sidecar.ts";
import { writeJsonAtomically } from "../disk/atomic_write.ts";
import { removeTree } from "../disk/folders.ts";
import { readRegularFile } from "../disk/read_file.ts";
import { withoutDropped, withoutFrames } from "./edit_manifest.ts";
import { readFrameSidecar } from "./frame_sidecar.ts";
import { lockModel } from "./model_lock.ts";
import { readManifest } from "./read_manifest.ts";
import { requireRoots } from "./root_markers.ts";

const KINDS = Object.keys(ARTIFACT_SUFFIX) as ArtifactKind[];

/** Drops frames from a run as published now, if there is such a run. @see dropListed */
export async function dropFrames(
  roots: DataRoots,
  model: ModelId,
  run: RunId,
  dropped: readonly FrameId[],
): Promise<void> {
  using _lock = await lockModel(roots, model);
  const manifest = await readManifest(roots, model, run);
  if (manifest !== null) await dropListed(roots, manifest, dropped);
}

/**
 * Drops frames from a run: first from the manifest, so that no reader learns of them, then their damaged files. The
 * undamaged ones are served until the grace is over, since a reader's list may be older. The next build makes these
 * frames again. The caller holds the model's lock.
 * @throws RootError when a root is missing: frames whose disk is away are not damaged
 */
export async function dropListed(roots: DataRoots, manifest: Manifest, dropped: readonly FrameId[]): Promise<void> {
  await requireRoots(roots);
  const served: FrameId[] = [];
  const damaged: string[] = [];
  for (const frame of dropped) {
    const whole = await undamagedFiles(roots, { ...frame, v: listedFrame(manifest, frame)?.v });
    if (whole.length > 0) served.push(frame);
    for (const kind of KINDS) {
      if (!whole.includes(kind)) damaged.push(locate(roots, artifactPath("published", frame, kind)));
    }
  }
  const path = locate(roots, manifestPath(manifest.model, manifest.run));
  await writeJsonAtomically(path, withoutFrames(manifest, dropped, served));
  for (const file of damaged) await removeTree(file); // a file, or a folder in its place
}

/**
 * Lists the files of a frame that are what its sidecar says; none when the sidecar is not that of the version, or when
 * it is the only one.
 */
async function undamagedFiles(roots: DataRoots, frame: VersionedFrame): Promise<ArtifactKind[]> {
  const path = (kind: ArtifactKind) => locate(roots, artifactPath("published", frame, kind));
  const found = await readFrameSidecar(path("sidecar")).catch(() => null);
  if (found === null || found.version !== frame.v) return [];
  const whole: ArtifactKind[] = [];
  for (const [kind, { sha256 }] of describedArtifacts(found.sidecar)) {
    const hash = await readRegularFile(path(kind)).then(
      (bytes) => createHash("sha256").update(bytes).digest("hex"),
      () => null,
    );
    if (hash === sha256) whole.push(kind);
  }
  return whole.length === 0 ? [] : ["sidecar", ...whole];
}

/**
 * Removes the files of a run's dropped frames that have been served long enough. Files of a frame that was built again
 * are the new ones, and stay. The caller holds the model's lock.
 * @param isFull whether the disk is too full to wait for the grace
 */
export async function removeDropped(
  roots: DataRoots,
  manifest: Manifest,
  { now, isFull }: { readonly now: Date; readonly isFull: boolean },
): Promise<void> {
  // A time that is far in the future is one of a clock that was set back.
  const isOver = ({ dropped_at }: DroppedFrame) =>
    isFull || Math.abs(now.getTime() - Date.parse(dropped_at)) >= GRACE_S * 1000;
  const { model, run } = manifest;
  const over = Object.entries(manifest.variables).flatMap(([id, { dropped = [] }]) =>
    dropped.filter(isOver).map((each): FrameId => ({ model, run, var: id as VarId, lead: leadOf(each) }))
  );
  if (over.length === 0) return;
  await requireRoots(roots);
  for (const frame of over) {
    if (listedFrame(manifest, frame)) continue;
    for (const kind of KINDS) await removeTree(locate(roots, artifactPath("published", frame, kind)));
  }
  await writeJsonAtomically(locate(roots, manifestPath(model, run)), withoutDropped(manifest, isOver));
}
