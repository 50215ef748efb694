import { createHash } from "node:crypto";
import { type FrameId, frameName, frameOf } from "../../contract/identity.ts";
import { frameGrids, modelGeometry } from "../../contract/models.ts";
import {
  type ArtifactKind,
  artifactPath,
  DATA_KINDS,
  type DataRoots,
  locate,
  variableDirectory,
} from "../../contract/paths.ts";
import { describedArtifacts } from "../../contract/sidecar.ts";
import { removeIfThere } from "../disk/atomic_write.ts";
import { DiskError } from "../disk/disk_error.ts";
import { flushFolder, makeFolders } from "../disk/make_folders.ts";
import { moveFile } from "../disk/move_file.ts";
import { NotAFileError, readRegularFile } from "../disk/read_file.ts";
import { BadDocumentError } from "../disk/read_json.ts";
import { GateError } from "../gates/gate_error.ts";
import { checkArtifacts } from "../gates/structure.ts";
import { GdalError } from "../gdal/errors.ts";
import { BUILDER_VERSION } from "../version.ts";
import { type FrameSidecar, readFrameSidecar } from "./frame_sidecar.ts";
import { reachPhase } from "./phases.ts";

/** Every file that a frame may have. The sidecar is moved last. */
const KINDS: readonly ArtifactKind[] = [...DATA_KINDS, "sidecar"];

/**
 * Returns the sidecar of a frame that is complete and undamaged, in staging or half moved by a publisher that died.
 * @throws NotStagedError when there is none; BadDocumentError when the sidecar or a file is not the frame's own
 */
export async function requireStaged(roots: DataRoots, frame: FrameId): Promise<FrameSidecar> {
  const found = await readFrameSidecar(await pathNow(roots, frame, "sidecar"));
  if (found === null) throw new NotStagedError(`Cannot publish ${frameName(frame)}: it is not in staging`);
  const { sidecar } = found;
  const described = frameName(frameOf(sidecar));
  if (described !== frameName(frame)) {
    throw new BadDocumentError(
      `Cannot publish ${frameName(frame)}: its sidecar describes ${described}`,
    );
  }
  for (const [kind, { file, sha256 }] of describedArtifacts(sidecar)) {
    const bytes = await readArtifact(await pathNow(roots, frame, kind));
    if (createHash("sha256").update(bytes).digest("hex") !== sha256) {
      throw new BadDocumentError(`Cannot publish ${frameName(frame)}: ${file} does not match the hash in its sidecar`);
    }
  }
  return found;
}

async function readArtifact(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await readRegularFile(path);
  } catch (cause) {
    if (!(cause instanceof NotAFileError || cause instanceof Deno.errors.FilesystemLoop)) throw cause;
    throw new BadDocumentError(cause.message, { cause });
  }
}

/** Error when a frame is not in staging. */
class NotStagedError extends Error {
  override readonly name = "NotStagedError";
}

/**
 * Whether a killed build left this frame whole: made by this version of the builder from one of these providers, with
 * the hashes in its sidecar, and with COGs that open as the contract describes. Such a frame only needs to be
 * published.
 */
export async function canResumePublish(
  roots: DataRoots,
  frame: FrameId,
  providers: readonly string[],
): Promise<boolean> {
  try {
    const { source, builder_version, contract_version } = (await requireStaged(roots, frame)).sidecar;
    if (builder_version !== BUILDER_VERSION || !providers.includes(source.provider)) return false;
    const [picture, values] = [await pathNow(roots, frame, "rgba"), await pathNow(roots, frame, "values")];
    checkArtifacts(picture, values, frameGrids(modelGeometry(frame.model)!, contract_version));
    return true;
  } catch (error) {
    const isDamage = [NotStagedError, BadDocumentError, GateError, GdalError, Deno.errors.NotFound].some((type) =>
      error instanceof type
    );
    if (isDamage) return false; // the frame is built again
    throw error;
  }
}

/** Moves all files of a staged frame to where readers find them. */
export async function moveToPublished(roots: DataRoots, frame: FrameId): Promise<void> {
  const target = locate(roots, variableDirectory("published", frame));
  try {
    await makeFolders(target);
  } catch (cause) {
    throw DiskError.writing(target, cause);
  }
  // The sidecar is the first to go and the last to come: a dropped frame's version never names the new files.
  if (await exists(locate(roots, artifactPath("staging", frame, "sidecar")))) {
    await removeIfThere(locate(roots, artifactPath("published", frame, "sidecar")));
  }
  for (const kind of KINDS) {
    const staged = locate(roots, artifactPath("staging", frame, kind));
    if (await exists(staged)) await moveFile(staged, locate(roots, artifactPath("published", frame, kind)));
    if (kind === KINDS[0]) reachPhase("moving", frame);
  }
  await flushFolder(target);
}

/** Removes the files that a second builder of a frame left in staging. */
export async function clearStaged(roots: DataRoots, frame: FrameId): Promise<void> {
  await Promise.allSettled(KINDS.map((kind) => removeIfThere(locate(roots, artifactPath("staging", frame, kind)))));
}

/** Path of a frame's file: in staging, unless a publisher that died had moved it. */
async function pathNow(roots: DataRoots, frame: FrameId, kind: ArtifactKind): Promise<string> {
  const staged = locate(roots, artifactPath("staging", frame, kind));
  return await exists(staged) ? staged : locate(roots, artifactPath("published", frame, kind));
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
