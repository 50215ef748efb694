import { createHash } from "node:crypto";
import * as z from "zod";
import type { VersionedFrame } from "../../contract/frame_version.ts";
import { type FrameId, frameName, frameOf, type RunId, type VarId } from "../../contract/identity.ts";
import { leadOf } from "../../contract/lead.ts";
import type { Manifest } from "../../contract/manifest.ts";
import { contourCollectionSchema } from "../../contract/contours.ts";
import { frameGrids, modelGeometry } from "../../contract/models.ts";
import { type ArtifactKind, artifactPath, type DataRoots, locate } from "../../contract/paths.ts";
import { ArchiveError } from "../../contract/pmtiles/archive_error.ts";
import { describedArtifacts } from "../../contract/sidecar.ts";
import { GateError } from "../gates/gate_error.ts";
import { checkArtifacts } from "../gates/structure.ts";
import { openTiles } from "../gates/tiles.ts";
import { GdalError } from "../gdal/errors.ts";
import type { Model } from "../models/model.ts";
import { BadTileError } from "../tiles/read_tile_png.ts";
import { readFrameSidecar } from "./frame_sidecar.ts";
import { readManifest } from "./read_manifest.ts";
import { NotAFileError, readRegularFile } from "../disk/read_file.ts";
import { BadDocumentError } from "../disk/read_json.ts";

/** A problem of a published frame, or of the manifest itself when there is no frame to name. */
export interface Finding {
  readonly frame: FrameId | null;
  readonly check: "manifest" | "artifacts" | "picture" | "free disk";
  readonly problem: string;
}

export interface Verification {
  readonly run: RunId;
  readonly frames: number;
  readonly findings: readonly Finding[];
}

/** Whether a frame was chosen to be checked. */
export type Choice = (frame: FrameId) => boolean;

/**
 * Compares a run's manifest with its files. Every frame's sidecar must be its own, and every artifact must have the
 * size and hash in the sidecar and open as the COG that the contract describes.
 */
export async function verifyRun(
  roots: DataRoots,
  model: Model,
  run: RunId,
  isChosen: Choice = () => true,
): Promise<Verification> {
  const manifest = await manifestOrProblem(roots, model, run);
  if (typeof manifest === "string") {
    return { run, frames: 0, findings: [{ frame: null, check: "manifest", problem: manifest }] };
  }
  const findings: Finding[] = [];
  const frames = framesOf(manifest).filter(isChosen);
  for (const frame of frames) {
    const problem = await frameProblem(roots, frame);
    if (problem !== null) findings.push({ frame, check: "artifacts", problem });
  }
  return { run, frames: frames.length, findings };
}

/** Lists the chosen frames of a run; none when the manifest cannot be read, which `verifyRun` reports. */
export async function chosenFrames(
  roots: DataRoots,
  model: Model,
  run: RunId,
  isChosen: Choice,
): Promise<VersionedFrame[]> {
  const manifest = await manifestOrProblem(roots, model, run);
  return typeof manifest === "string" ? [] : framesOf(manifest).filter(isChosen);
}

/** Reads the manifest, or returns the reason why it cannot be read. */
async function manifestOrProblem(roots: DataRoots, model: Model, run: RunId): Promise<Manifest | string> {
  try {
    return await readManifest(roots, model.id, run) ?? "there is no manifest";
  } catch (error) {
    if (error instanceof BadDocumentError) return error.message;
    throw error;
  }
}

/** Lists the frames of a manifest. */
export function framesOf({ model, run, variables }: Manifest): VersionedFrame[] {
  return Object.entries(variables).flatMap(([id, { frames }]) =>
    frames.map((frame) => ({ model, run, var: id as VarId, lead: leadOf(frame), v: frame.v }))
  );
}

/**
 * Checks a published frame's files. A frame that is given with a version must have that version.
 * @returns the problem, or null
 */
export async function frameProblem(roots: DataRoots, frame: VersionedFrame): Promise<string | null> {
  const path = (kind: ArtifactKind) => locate(roots, artifactPath("published", frame, kind));
  try {
    const found = await readFrameSidecar(path("sidecar"));
    if (found === null) return "it has no sidecar";
    const { sidecar, version } = found;
    const described = frameName(frameOf(sidecar));
    if (described !== frameName(frame)) {
      return `its sidecar describes ${described}`;
    }
    if (frame.v !== undefined && version !== frame.v) return "its sidecar does not match the version in the manifest";
    for (const [kind, artifact] of describedArtifacts(sidecar)) {
      const bytes = await readRegularFile(path(kind));
      if (bytes.length !== artifact.bytes) {
        return `${artifact.file} has ${bytes.length} bytes, expected ${artifact.bytes}`;
      }
      if (createHash("sha256").update(bytes).digest("hex") !== artifact.sha256) {
        return `${artifact.file} does not match the hash in its sidecar`;
      }
      if (kind === "contours") contourCollectionSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
      if (kind === "tiles") openTiles(bytes, modelGeometry(frame.model)!);
    }
    checkArtifacts(path("rgba"), path("values"), frameGrids(modelGeometry(frame.model)!, sidecar.contract_version));
    return null;
  } catch (error) {
    if (isFinding(error)) return error.message;
    throw error;
  }
}

/**
 * Errors that mean damage: the file is missing, is not a file, or may not be read. Errors of a system that is short of
 * resources are thrown instead.
 */
const UNREADABLE = [
  NotAFileError,
  Deno.errors.NotFound,
  Deno.errors.IsADirectory,
  Deno.errors.NotADirectory,
  Deno.errors.FilesystemLoop,
  Deno.errors.PermissionDenied,
];

/** Whether an error means that a published file is damaged. */
export function isFinding(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return [BadDocumentError, ArchiveError, BadTileError, GateError, GdalError, SyntaxError, z.ZodError, ...UNREADABLE]
    .some((type) => error instanceof type) || ("code" in error && error.code === "EIO");
}
