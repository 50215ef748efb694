import type { VersionedFrame } from "./frame_version.ts";
import { type ForecastHour, frameName, type ModelId, type RunId, type VarId } from "./identity.ts";

/** The URLs of CONTRACT §7, for those who call them. Those of a frame with a version may be kept for ever. */

export const TILES_ROOT = "/tiles/v3";
export const API_ROOT = "/api/v3";
export const COGS_ROOT = "/cog/v3";
/** The files of a frame's folder there, and which artifacts they are. */
export const COG_FILES = { "rgba.cog.tif": "rgba", "val.cog.tif": "values" } as const;
export const WMTS_ROOT = "/wmts/v3";
export const PAGE_URL = "/models-v3";
export const EVENTS_URL = `${API_ROOT}/events`;
export const MODELS_URL = `${API_ROOT}/models`;
export const SAMPLE_URL = `${API_ROOT}/sample`;
export const REGIONS_URL = "/api/regions";
/** Only where the configuration asks for it. */
export const RESET_URL = "/internal/reset";

function versionQuery({ v }: VersionedFrame): string {
  return v === undefined ? "" : `?v=${v}`;
}

/** A template with `{z}`, `{x}` and `{y}` left open. */
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

/** A set of lines of a frame. */
export function contoursUrl(frame: VersionedFrame, key: string): string {
  return `${API_ROOT}/${frameName(frame)}/contours/${key}${versionQuery(frame)}`;
}

/** The legend of a frame as a picture. */
export function legendUrl(frame: VersionedFrame): string {
  return `${API_ROOT}/${frameName(frame)}/legend.png${versionQuery(frame)}`;
}

export interface SampleTarget {
  readonly model: ModelId;
  readonly run: RunId;
  readonly var: VarId;
  readonly fh: ForecastHour;
  readonly latDeg: number;
  readonly lonDeg: number;
}

export function sampleUrl({ model, run, var: variable, fh, latDeg, lonDeg }: SampleTarget): string {
  const query = new URLSearchParams({
    model,
    run,
    var: variable,
    fh: String(fh),
    lat: String(latDeg),
    lon: String(lonDeg),
  });
  return `${SAMPLE_URL}?${query}`;
}

/** Variables at a point, through all hours of a run. */
export function seriesUrl(
  model: ModelId,
  run: RunId,
  variables: readonly string[],
  { latDeg, lonDeg }: { readonly latDeg: number; readonly lonDeg: number },
): string {
  const point = `lat=${latDeg.toFixed(4)}&lon=${lonDeg.toFixed(4)}`;
  return `${API_ROOT}/series?model=${model}&run=${run}&var=${variables.join(",")}&${point}`;
}
