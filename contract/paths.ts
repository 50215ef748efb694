import { type FrameId, type ModelId, type RunId } from "./identity.ts";
import { type Lead, leadName } from "./lead.ts";

/**
 * Places of all files below the data root, as relative paths with `/`. Only branded identities are accepted, so no path
 * is ever built from a string that was not validated.
 */

/** The data root, and those of its folders that may lie elsewhere, also on other disks. */
export interface DataRoots {
  readonly data: string;
  readonly staging: string;
  readonly published: string;
  readonly manifests: string;
}

/** The default roots: all of them below the data root. */
export function rootsBelow(data: string): DataRoots {
  return { data, staging: `${data}/staging`, published: `${data}/published`, manifests: `${data}/manifests` };
}

/** The real path of a path below the data root. */
export function locate(roots: DataRoots, path: string): string {
  const slash = path.indexOf("/");
  const folder = path.slice(0, slash);
  const isMovable = folder === "staging" || folder === "published" || folder === "manifests";
  return isMovable ? roots[folder] + path.slice(slash) : `${roots.data}/${path}`;
}

export const ARTIFACT_SUFFIX = {
  rgba: ".rgba.cog.tif",
  values: ".val.cog.tif",
  tiles: ".pmtiles",
  contours: ".contours.json",
  wind: ".wind.png",
  sidecar: ".json",
} as const;
export type ArtifactKind = keyof typeof ARTIFACT_SUFFIX;

/** The artifacts that a sidecar describes, in the order in which they are written. */
export type DataKind = Exclude<ArtifactKind, "sidecar">;
export const DATA_KINDS = (Object.keys(ARTIFACT_SUFFIX) as ArtifactKind[]).filter((kind) => kind !== "sidecar");

/** File name of an artifact, such as `fh003.rgba.cog.tif`. */
export function artifactName(lead: Lead, kind: ArtifactKind): string {
  return leadName(lead) + ARTIFACT_SUFFIX[kind];
}

export type Stage = "staging" | "published";

export function runDirectory(stage: Stage, model: ModelId, run: RunId): string {
  return `${stage}/${model}/${run}`;
}

export function variableDirectory(stage: Stage, { model, run, var: variable }: Omit<FrameId, "lead">): string {
  return `${runDirectory(stage, model, run)}/${variable}`;
}

export function artifactPath(stage: Stage, frame: FrameId, kind: ArtifactKind): string {
  return `${variableDirectory(stage, frame)}/${artifactName(frame.lead, kind)}`;
}

export function latestPath(model: ModelId): string {
  return `published/${model}/LATEST.json`;
}

export function manifestDirectory(model: ModelId): string {
  return `manifests/${model}`;
}

export function manifestPath(model: ModelId, run: RunId): string {
  return `${manifestDirectory(model)}/${run}.json`;
}

/**
 * Path of the manifest of a retired run. No list names the run, and its frames are served as long as this file is
 * there. The folder is that of the other manifests: a run is retired by one rename.
 */
export function retiredManifestPath(model: ModelId, run: RunId): string {
  return `${manifestDirectory(model)}/.${run}.retired`;
}

/** The run that the file name of a retired run's manifest stands for, or null for any other file. */
export function runOfRetiredName(name: string): string | null {
  return /^\.(.*)\.retired$/.exec(name)?.[1] ?? null;
}

/** The run that a manifest's file name stands for, or null for any other file. */
export function runOfManifestName(name: string): string | null {
  return name.endsWith(".json") ? name.slice(0, -".json".length) : null;
}

/**
 * Name of a frame's file in a folder of downloads, with the whole identity, such as
 * `hrrr_20260129_17z_tmp2m_fh001.val.cog.tif`.
 */
export function downloadName({ model, run, var: variable, lead }: FrameId, file: string): string {
  return `${model}_${run}_${variable}_${leadName(lead)}.${file}`;
}
