import { createHash } from "node:crypto";
import { type FrameId, isoSeconds, validTime } from "../../contract/identity.ts";
import {
  hasFrame,
  type Manifest,
  type ManifestFailure,
  manifestSchema,
  type ManifestVariable,
  manifestVariable,
} from "../../contract/manifest.ts";
import {
  type ArtifactKind,
  artifactPath,
  type DataRoots,
  locate,
  manifestPath,
  variableDirectory,
} from "../../contract/paths.ts";
import { type Artifact, type Sidecar, sidecarSchema } from "../../contract/sidecar.ts";
import { CONTRACT_VERSION } from "../../contract/version.ts";
import { type Model, variableHours } from "../models/model.ts";
import { findVariable } from "../models/registry.ts";
import { flushFolder, removeIfThere, writeJsonAtomically } from "../disk/atomic_write.ts";
import { promote } from "./latest_pointer.ts";
import { lockModel } from "./model_lock.ts";
import { readManifest } from "./read_manifest.ts";
import { BadDocumentError, readJson } from "../disk/read_json.ts";

export interface PublishOutcome {
  /** False when the frame was there already; a published frame is never rewritten. */
  readonly isNew: boolean;
  /** Whether this frame made its run the one readers see first. */
  readonly promoted: boolean;
}

/** Whether a manifest already names the frame. */
export async function isPublished(roots: DataRoots, frame: FrameId): Promise<boolean> {
  const manifest = await readManifest(roots, frame.model, frame.run);
  return manifest !== null && hasFrame(manifest, frame);
}

/**
 * Shows a staged frame to readers: its files, then the manifest, then, when the run is due for it, LATEST. Each step is a
 * rename, so a reader sees the state before or after it. One publisher per model at a time, by a lock that dies with
 * its process.
 */
export async function publishFrame(roots: DataRoots, model: Model, frame: FrameId): Promise<PublishOutcome> {
  using _lock = await lockModel(roots, model.id);
  const path = locate(roots, manifestPath(frame.model, frame.run));
  const before = await readManifest(roots, frame.model, frame.run);
  if (before !== null && hasFrame(before, frame)) {
    // A second builder of the frame leaves its copy behind; and the publisher before us may have ended before LATEST.
    await Promise.allSettled(KINDS.map((kind) => removeIfThere(locate(roots, artifactPath("staging", frame, kind)))));
    return { isNew: false, promoted: await promote(roots, model, before) };
  }
  const sidecar = await requireStaged(roots, frame);
  await moveFiles(roots, frame);
  const manifest = withFrame(before ?? emptyManifest(frame), model, frame, sidecar);
  await writeJsonAtomically(path, manifest);
  return { isNew: true, promoted: await promote(roots, model, manifest) };
}

/** Every file a frame may have. The sidecar goes last. */
const KINDS = ["rgba", "values", "contours", "sidecar"] as const satisfies readonly ArtifactKind[];
type FrameFile = typeof KINDS[number];

/** The sidecar of a frame that is complete and unharmed, in staging or, after a publisher died, half moved. */
async function requireStaged(roots: DataRoots, frame: FrameId): Promise<Sidecar> {
  const sidecar = await readJson(await pathNow(roots, frame, "sidecar"), sidecarSchema);
  if (sidecar === null) throw new Error(`Cannot publish ${frameName(frame)}: it is not in staging`);
  const { model, run, var: variable, fh } = sidecar;
  if (model !== frame.model || run !== frame.run || variable !== frame.var || fh !== frame.fh) {
    throw new BadDocumentError(
      `Cannot publish ${frameName(frame)}: its sidecar is of ${frameName({ model, run, var: variable, fh })}`,
    );
  }
  for (const [kind, { file, sha256 }] of artifactsOf(sidecar)) {
    const bytes = await Deno.readFile(await pathNow(roots, frame, kind));
    if (createHash("sha256").update(bytes).digest("hex") !== sha256) {
      throw new BadDocumentError(`Cannot publish ${frameName(frame)}: ${file} is not the file its sidecar tells of`);
    }
  }
  return sidecar;
}

function artifactsOf({ artifacts: { rgba, values, contours } }: Sidecar): [FrameFile, Artifact][] {
  return [["rgba", rgba], ["values", values], ...(contours ? [["contours", contours] as [FrameFile, Artifact]] : [])];
}

/** Where a file of the frame is: in staging, unless a publisher that died had moved it. */
async function pathNow(roots: DataRoots, frame: FrameId, kind: FrameFile): Promise<string> {
  const staged = locate(roots, artifactPath("staging", frame, kind));
  return await exists(staged) ? staged : locate(roots, artifactPath("published", frame, kind));
}

async function moveFiles(roots: DataRoots, frame: FrameId): Promise<void> {
  const target = locate(roots, variableDirectory("published", frame));
  await Deno.mkdir(target, { recursive: true });
  for (const kind of KINDS) {
    const staged = locate(roots, artifactPath("staging", frame, kind));
    if (await exists(staged)) await Deno.rename(staged, locate(roots, artifactPath("published", frame, kind)));
  }
  await flushFolder(target);
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

function emptyManifest({ model, run }: FrameId): Manifest {
  return {
    contract_version: CONTRACT_VERSION,
    model,
    run,
    complete: false,
    variables: {},
    last_updated: isoSeconds(new Date()),
  };
}

function withFrame(manifest: Manifest, model: Model, frame: FrameId, sidecar: Sidecar): Manifest {
  const variable = findVariable(model, frame.var);
  const known = manifestVariable(manifest, frame.var);
  const frames = [
    ...(known?.frames ?? []),
    {
      fh: frame.fh,
      valid_time: isoSeconds(validTime(frame.run, frame.fh)),
      ...(sidecar.quality === "full" ? {} : { quality: sidecar.quality, quality_reasons: sidecar.quality_reasons }),
    },
  ].sort((a, b) => a.fh - b.fh);
  const failed = (known?.failed ?? []).filter(({ fh }) => fh !== frame.fh);
  const entry: ManifestVariable = {
    name: sidecar.name,
    group: sidecar.group,
    kind: sidecar.kind,
    units: sidecar.units,
    expected_frames: variableHours(model, variable, frame.run).length,
    available_frames: frames.length,
    frames,
    ...(failed.length > 0 ? { failed } : {}),
  };
  const variables = inTableOrder({ ...manifest.variables, [frame.var]: entry }, model);
  return manifestSchema.parse({
    ...manifest,
    ...(sidecar.source.synthetic ? { synthetic: true } : {}),
    variables,
    complete: model.variables.every(({ id }) => {
      const variable = variables[id];
      return variable !== undefined && variable.available_frames === variable.expected_frames;
    }),
    last_updated: isoSeconds(new Date()),
  });
}

/**
 * Records that a frame failed for good, so that whoever waits for it knows why. A run whose first frame fails has its
 * manifest from then on, with nothing in it yet.
 */
export async function recordFailure(
  roots: DataRoots,
  model: Model,
  frame: FrameId,
  { attempts, reason }: Omit<ManifestFailure, "fh">,
): Promise<void> {
  using _lock = await lockModel(roots, model.id);
  const path = locate(roots, manifestPath(frame.model, frame.run));
  const manifest = await readManifest(roots, frame.model, frame.run) ?? emptyManifest(frame);
  if (hasFrame(manifest, frame)) return;
  const variable = findVariable(model, frame.var);
  const known = manifestVariable(manifest, frame.var);
  const others = (known?.failed ?? []).filter(({ fh }) => fh !== frame.fh);
  const entry: ManifestVariable = {
    ...(known ?? {
      name: variable.name,
      group: variable.group,
      kind: variable.kind,
      units: variable.units,
      expected_frames: variableHours(model, variable, frame.run).length,
      available_frames: 0,
      frames: [],
    }),
    failed: [...others, { fh: frame.fh, attempts, reason }].sort((a, b) => a.fh - b.fh),
  };
  await writeJsonAtomically(
    path,
    manifestSchema.parse({
      ...manifest,
      variables: inTableOrder({ ...manifest.variables, [frame.var]: entry }, model),
      last_updated: isoSeconds(new Date()),
    }),
  );
}

/** Readers see variables in the order of the model's table; those the table no longer has come last. */
function inTableOrder(variables: Manifest["variables"], model: Model): Manifest["variables"] {
  const place = (id: string) => (model.variables.findIndex((variable) => variable.id === id) + 1) || Infinity;
  return Object.fromEntries(
    Object.entries(variables).sort(([a], [b]) => place(a) - place(b)),
  ) as Manifest["variables"];
}

function frameName({ model, run, var: variable, fh }: FrameId): string {
  return `${model} ${run} ${variable} forecast hour ${fh}`;
}
