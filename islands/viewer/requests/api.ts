import type {
  FramesAnswer,
  ModelsAnswer,
  RunsAnswer,
  SampleAnswer,
  SamplesAnswer,
  SamplesRequest,
  SeriesAnswer,
  VarsAnswer,
} from "../../../contract/api.ts";
import type { ContourCollection } from "../../../contract/contours.ts";
import type { VersionedFrame } from "../../../contract/frame_version.ts";
import type { FrameId, ModelId, RunId, VarId } from "../../../contract/identity.ts";
import type { Sidecar } from "../../../contract/sidecar.ts";
import {
  contoursUrl,
  framesUrl,
  MODELS_URL,
  runsUrl,
  SAMPLE_URL,
  sampleUrl,
  seriesUrl,
  sidecarUrl,
  varsUrl,
} from "../../../contract/urls.ts";
import { siteUrl } from "./site_url.ts";
import { PendingRequests } from "../../../concurrency/pending_requests.ts";
import { LruCache } from "./lru_cache.ts";

const TIMEOUT_MS = 10_000;
/** Number of frames whose sidecars and contours stay in memory; neither ever changes. */
const MAX_REMEMBERED = 400;

/** A server's answer with an error status. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";

  constructor(readonly status: number, url: string) {
    super(`${url.split("?")[0]} answered ${status}`);
  }
}

export function fetchModels(): Promise<ModelsAnswer> {
  return fetchJson(MODELS_URL, { cache: "no-cache" });
}

export function fetchRuns(model: ModelId): Promise<RunsAnswer> {
  return fetchJson(runsUrl(model), { cache: "no-cache" });
}

export function fetchVariables(model: ModelId, run: RunId): Promise<VarsAnswer> {
  return fetchJson(varsUrl(model, run), { cache: "no-cache" });
}

export function fetchFrames(model: ModelId, run: RunId, variable: VarId): Promise<FramesAnswer> {
  return fetchJson(framesUrl(model, run, variable), { cache: "no-cache" });
}

/** A frame's sets of contours, by their keys. */
export type FrameContours = Readonly<Record<string, ContourCollection>>;

const sidecarCache = new LruCache<Sidecar>(MAX_REMEMBERED);
const contourCache = new LruCache<FrameContours>(MAX_REMEMBERED);
const pendingSidecars = new PendingRequests<Sidecar>();
const pendingContours = new PendingRequests<FrameContours>();

export async function fetchSidecar(frame: VersionedFrame): Promise<Sidecar> {
  const url = sidecarUrl(frame);
  return sidecarCache.get(url) ?? await pendingSidecars.join(url, async () => {
    const sidecar = await fetchJson<Sidecar>(url);
    sidecarCache.set(url, sidecar);
    return sidecar;
  });
}

/** Keeps a sidecar that came with the page. Only a browser calls this: a server would keep it for all its readers. */
export function rememberSidecar(frame: VersionedFrame, sidecar: Sidecar): void {
  sidecarCache.set(sidecarUrl(frame), sidecar);
}

/** Fetches all sets of contours that a sidecar names. */
export async function fetchContours(frame: VersionedFrame, { contours = {} }: Sidecar): Promise<FrameContours> {
  const url = sidecarUrl(frame);
  return contourCache.get(url) ?? await pendingContours.join(url, async () => {
    const keys = Object.keys(contours);
    const sets = await Promise.all(keys.map((key) => fetchJson<ContourCollection>(contoursUrl(frame, key))));
    const found = Object.fromEntries(keys.map((key, i) => [key, sets[i]!]));
    contourCache.set(url, found);
    return found;
  });
}

/** Whether a frame's sidecar and contours are in memory. */
export function isRemembered(frame: VersionedFrame): boolean {
  const url = sidecarUrl(frame);
  return sidecarCache.has(url) && contourCache.has(url);
}

/**
 * Fetches the value that a map's tiles of a zoom show at a point. Null outside the coverage and where the value is
 * missing.
 */
export async function fetchSample(
  frame: FrameId,
  latDeg: number,
  lonDeg: number,
  zoom: number,
  signal: AbortSignal,
): Promise<SampleAnswer | null> {
  const url = sampleUrl({ ...frame, latDeg, lonDeg, zoom });
  const response = await fetch(siteUrl(url), { signal });
  if (response.status === 204) return null;
  if (!response.ok) throw new AnswerError(response.status, url);
  return await response.json();
}

/** Fetches the values at many points of a frame. */
export function fetchSamples(request: SamplesRequest): Promise<SamplesAnswer> {
  return fetchJson(SAMPLE_URL, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(request),
  });
}

/** Fetches the values of variables at a point for all hours of a run. */
export function fetchSeries(
  model: ModelId,
  run: RunId,
  variables: readonly string[],
  point: { readonly latDeg: number; readonly lonDeg: number },
): Promise<SeriesAnswer> {
  return fetchJson(seriesUrl(model, run, variables, point), { cache: "no-cache" });
}

/**
 * Fetches JSON from the server of the page. The answer is not checked: the server checked the data before publishing
 * them, and the checks would be a third of the page's own scripts.
 * @throws AnswerError; or TypeError when there is no network
 */
async function fetchJson<T>(url: string, init: RequestInit = {}): Promise<T> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  const response = await fetch(siteUrl(url), { ...init, signal });
  if (!response.ok) throw new AnswerError(response.status, url);
  return await response.json();
}
