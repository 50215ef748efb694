import type { VersionedFrame } from "./frame_version.ts";
import { frameName, type ModelId, type RunId, type VarId } from "./identity.ts";
import { type Lead, leadText } from "./lead.ts";

/** The URLs of CONTRACT §7, for their callers. The URLs of a frame with a version may be cached forever. */

export const TILES_ROOT = "/tiles/v3";
export const API_ROOT = "/api/v3";
export const COGS_ROOT = "/cog/v3";
/** File names in a frame's folder of COGs, and their artifacts. */
export const COG_FILES = { "rgba.cog.tif": "rgba", "val.cog.tif": "values" } as const;
export const WMTS_ROOT = "/wmts/v3";
export const PAGE_URL = "/models-v3";
export const EVENTS_URL = `${API_ROOT}/events`;
export const MODELS_URL = `${API_ROOT}/models`;
export const SAMPLE_URL = `${API_ROOT}/sample`;
export const REGIONS_URL = "/api/regions";
/** Present only when the configuration allows it. */
export const RESET_URL = "/internal/reset";

function versionQuery({ v }: VersionedFrame): string {
  return v === undefined ? "" : `?v=${v}`;
}

/** URL template of a frame's tiles, with `{z}`, `{x}` and `{y}` left open. */
export function tileTemplate(frame: VersionedFrame): string {
  return `${TILES_ROOT}/${frameName(frame)}/{z}/{x}/{y}.png${versionQuery(frame)}`;
}

export function runsUrl(model: ModelId): string {
  return `${API_ROOT}/${model}/runs`;
}

export function varsUrl(model: ModelId, run: RunId | "latest"): string {
  return `${API_ROOT}/${model}/${run}/vars`;
}

export function framesUrl(model: ModelId, run: RunId | "latest", variable: VarId): string {
  return `${API_ROOT}/${model}/${run}/${variable}/frames`;
}

export function sidecarUrl(frame: VersionedFrame): string {
  return `${API_ROOT}/${frameName(frame)}${versionQuery(frame)}`;
}

/** URL of a set of contours of a frame. */
export function contoursUrl(frame: VersionedFrame, key: string): string {
  return `${API_ROOT}/${frameName(frame)}/contours/${key}${versionQuery(frame)}`;
}

/** URL of the legend of a frame as an image. */
export function legendUrl(frame: VersionedFrame): string {
  return `${API_ROOT}/${frameName(frame)}/legend.png${versionQuery(frame)}`;
}

export interface SampleTarget {
  readonly model: ModelId;
  readonly run: RunId;
  readonly var: VarId;
  readonly lead: Lead;
  readonly latDeg: number;
  readonly lonDeg: number;
  /** Zoom of the map's tiles, for the value of the pixel that the map shows. */
  readonly zoom?: number;
}

export function sampleUrl({ model, run, var: variable, lead, latDeg, lonDeg, zoom }: SampleTarget): string {
  const query = new URLSearchParams({
    model,
    run,
    var: variable,
    fh: leadText(lead),
    lat: String(latDeg),
    lon: String(lonDeg),
    ...(zoom === undefined ? {} : { z: String(zoom) }),
  });
  return `${SAMPLE_URL}?${query}`;
}

/** URL of a series: variables at a point through all hours of a run. */
export function seriesUrl(
  model: ModelId,
  run: RunId,
  variables: readonly string[],
  { latDeg, lonDeg }: { readonly latDeg: number; readonly lonDeg: number },
): string {
  const point = `lat=${latDeg.toFixed(4)}&lon=${lonDeg.toFixed(4)}`;
  return `${API_ROOT}/series?model=${model}&run=${run}&var=${variables.join(",")}&${point}`;
}
