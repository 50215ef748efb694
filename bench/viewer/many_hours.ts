import { createHash } from "node:crypto";
import type { FrameVersion } from "../../contract/frame_version.ts";
import { type FrameId, isoSeconds, type ModelId, type RunId, validTime, type VarId } from "../../contract/identity.ts";
import { leadFields, leadOf, leadOfHours } from "../../contract/lead.ts";
import { latestSchema, type Manifest, manifestSchema } from "../../contract/manifest.ts";
import {
  artifactName,
  artifactPath,
  latestPath,
  locate,
  manifestPath,
  rootsBelow,
  variableDirectory,
} from "../../contract/paths.ts";
import { type Sidecar, sidecarSchema } from "../../contract/sidecar.ts";
import { writeJsonAtomically } from "../../builder/disk/atomic_write.ts";
import { readFrameSidecar } from "../../builder/publish/frame_sidecar.ts";

/** The run over which the viewer is measured. */
export interface Run {
  readonly dataRoot: string;
  readonly model: ModelId;
  readonly run: RunId;
  readonly hours: number;
  /** Number of hours that have their own files; the other hours are links to these. */
  readonly ownHours: number;
}

/**
 * Returns the latest run of a model with at least `hours` hours: unchanged, or in another data root, in which links to
 * the first hours follow the last hour, with their own sidecars.
 */
export async function runOfManyHours(dataRoot: string, model: ModelId, hours: number, folder: string): Promise<Run> {
  const roots = rootsBelow(dataRoot);
  const latest = latestSchema.parse(await readJson(locate(roots, latestPath(model))));
  const run = latest.run_id;
  const manifest = manifestSchema.parse(await readJson(locate(roots, manifestPath(model, run))));
  const ownHours = Math.max(...Object.values(manifest.variables).map(({ frames }) => frames.length));
  if (ownHours >= hours) return { dataRoot, model, run, hours: ownHours, ownHours };
  const target = rootsBelow(folder);
  const variables: Manifest["variables"] = {};
  for (const [id, variable] of Object.entries(manifest.variables)) {
    const [first] = variable.frames;
    if (!first) continue;
    const frames = [];
    const firstHour = first.fh!;
    for (let hour = firstHour; hour < hours; hour++) {
      const source = variable.frames[(hour - firstHour) % variable.frames.length]!;
      const from: FrameId = { model, run, var: id as VarId, lead: leadOf(source) };
      const to: FrameId = { ...from, lead: leadOfHours(hour) };
      const v = await linkFrame(dataRoot, from, folder, to);
      frames.push({ ...source, ...leadFields(to.lead), valid_time: isoSeconds(validTime(run, to.lead)), v });
    }
    variables[id as VarId] = { ...variable, frames, available_frames: frames.length, expected_frames: frames.length };
  }
  await writeJsonAtomically(locate(target, manifestPath(model, run)), { ...manifest, variables });
  await writeJsonAtomically(locate(target, latestPath(model)), latest);
  return { dataRoot: folder, model, run, hours, ownHours };
}

async function linkFrame(fromRoot: string, from: FrameId, toRoot: string, to: FrameId): Promise<FrameVersion> {
  const [source, target] = [rootsBelow(fromRoot), rootsBelow(toRoot)];
  await Deno.mkdir(locate(target, variableDirectory("published", to)), { recursive: true });
  const sidecar = sidecarSchema.parse(await readJson(locate(source, artifactPath("published", from, "sidecar"))));
  const artifacts = { ...sidecar.artifacts };
  for (const kind of ["rgba", "values", "contours"] as const) {
    const artifact = artifacts[kind];
    if (!artifact) continue;
    await link(
      locate(source, artifactPath("published", from, kind)),
      locate(target, artifactPath("published", to, kind)),
    );
    // A different hash, so that the server takes the link for another file.
    const sha256 = createHash("sha256").update(`${kind} ${JSON.stringify(to)}`).digest("hex");
    artifacts[kind] = { ...artifact, file: artifactName(to.lead, kind), sha256 };
  }
  const own: Sidecar = {
    ...sidecar,
    ...leadFields(to.lead),
    valid_time: isoSeconds(validTime(to.run, to.lead)),
    artifacts,
  };
  const path = locate(target, artifactPath("published", to, "sidecar"));
  await writeJsonAtomically(path, own);
  return (await readFrameSidecar(path))!.version;
}

/** Makes a hard link, or a copy where the folder is on another disk. */
async function link(from: string, to: string): Promise<void> {
  try {
    await Deno.link(from, to);
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("os error 18"))) throw error; // EXDEV
    await Deno.copyFile(from, to);
  }
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await Deno.readTextFile(path));
}
