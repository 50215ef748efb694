import { createHash } from "node:crypto";
import { type ForecastHour, type FrameId, isoSeconds, type RunId, type VarId } from "../../contract/identity.ts";
import { type Manifest, manifestSchema } from "../../contract/manifest.ts";
import { contourCollectionSchema } from "../../contract/contours.ts";
import { modelGeometry } from "../../contract/models.ts";
import { type ArtifactKind, artifactPath, type DataRoots, locate, manifestPath } from "../../contract/paths.ts";
import { sidecarSchema } from "../../contract/sidecar.ts";
import { GateError } from "../gates/gate_error.ts";
import { checkArtifacts } from "../gates/structure.ts";
import { GdalError } from "../gdal/errors.ts";
import type { Model } from "../models/model.ts";
import { removeIfThere, writeJsonAtomically } from "../disk/atomic_write.ts";
import { lockModel } from "./model_lock.ts";
import { readManifest } from "./read_manifest.ts";
import { BadDocumentError, readJson } from "../disk/read_json.ts";

/** What is wrong with a published frame, or with the manifest itself when there is no frame to name. */
export interface Finding {
  readonly frame: FrameId | null;
  readonly problem: string;
}

export interface Verification {
  readonly run: RunId;
  readonly frames: number;
  readonly findings: readonly Finding[];
}

/**
 * Holds a run's manifest against its files: every frame's sidecar is its own and says what is there, every artifact has
 * the size and hash that the sidecar tells of, and opens as the COG the contract describes.
 */
export async function verifyRun(roots: DataRoots, model: Model, run: RunId): Promise<Verification> {
  const manifest = await manifestOrProblem(roots, model, run);
  if (typeof manifest === "string") return { run, frames: 0, findings: [{ frame: null, problem: manifest }] };
  const findings: Finding[] = [];
  const frames = framesOf(manifest);
  for (const frame of frames) {
    const problem = await problemOf(roots, frame);
    if (problem !== null) findings.push({ frame, problem });
  }
  return { run, frames: frames.length, findings };
}

/** The manifest, or why it cannot be read. */
async function manifestOrProblem(roots: DataRoots, model: Model, run: RunId): Promise<Manifest | string> {
  try {
    return await readManifest(roots, model.id, run) ?? "there is no manifest";
  } catch (error) {
    if (error instanceof BadDocumentError) return error.message;
    throw error;
  }
}

function framesOf({ model, run, variables }: Manifest): FrameId[] {
  return Object.entries(variables).flatMap(([id, { frames }]) =>
    frames.map(({ fh }) => ({ model, run, var: id as VarId, fh }))
  );
}

async function problemOf(roots: DataRoots, frame: FrameId): Promise<string | null> {
  const path = (kind: ArtifactKind) => locate(roots, artifactPath("published", frame, kind));
  try {
    const sidecar = await readJson(path("sidecar"), sidecarSchema);
    if (sidecar === null) return "its sidecar is gone";
    const { model, run, var: variable, fh } = sidecar;
    if (model !== frame.model || run !== frame.run || variable !== frame.var || fh !== frame.fh) {
      return `its sidecar is of ${model}/${run}/${variable}/${fh}`;
    }
    for (const kind of ["rgba", "values", "contours"] as const) {
      const artifact = sidecar.artifacts[kind];
      if (!artifact) continue;
      const bytes = await Deno.readFile(path(kind));
      if (bytes.length !== artifact.bytes) {
        return `${artifact.file} has ${bytes.length} bytes and not ${artifact.bytes}`;
      }
      if (createHash("sha256").update(bytes).digest("hex") !== artifact.sha256) return `${artifact.file} was changed`;
      if (kind === "contours") contourCollectionSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    }
    checkArtifacts(path("rgba"), path("values"), modelGeometry(frame.model)!.grids);
    return null;
  } catch (error) {
    if (isFinding(error)) return error.message;
    throw error;
  }
}

function isFinding(error: unknown): error is Error {
  return [BadDocumentError, GateError, GdalError, SyntaxError, Deno.errors.NotFound].some((type) =>
    error instanceof type
  ) ||
    (error instanceof Error && error.name === "ZodError");
}

/**
 * Drops frames from a run: from the manifest first, so that no reader is told of them, then their files. The next build
 * makes them anew.
 */
export async function dropFrames(
  roots: DataRoots,
  model: Model,
  run: RunId,
  dropped: readonly FrameId[],
): Promise<void> {
  using _lock = await lockModel(roots, model.id);
  const path = locate(roots, manifestPath(model.id, run));
  const manifest = await readManifest(roots, model.id, run);
  if (manifest === null) return;
  const isDropped = (id: string, fh: ForecastHour) => dropped.some((frame) => frame.var === id && frame.fh === fh);
  const variables = Object.fromEntries(
    Object.entries(manifest.variables).map(([id, variable]) => {
      const frames = variable.frames.filter(({ fh }) => !isDropped(id, fh));
      return [id, { ...variable, frames, available_frames: frames.length }];
    }),
  );
  await writeJsonAtomically(
    path,
    manifestSchema.parse({ ...manifest, variables, complete: false, last_updated: isoSeconds(new Date()) }),
  );
  for (const frame of dropped) {
    for (const kind of ["sidecar", "rgba", "values", "contours"] as const) {
      await removeIfThere(locate(roots, artifactPath("published", frame, kind)));
    }
  }
}
