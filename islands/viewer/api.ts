import type { z } from "zod";
import {
  type FramesAnswer,
  framesAnswerSchema,
  type RunsAnswer,
  runsAnswerSchema,
  type SampleAnswer,
  sampleAnswerSchema,
} from "../../contract/api.ts";
import { contourCollectionSchema } from "../../contract/contours.ts";
import type { FrameId, ModelId, RunId, VarId } from "../../contract/identity.ts";
import { type Sidecar, sidecarSchema } from "../../contract/sidecar.ts";
import { contoursUrl, framesUrl, runsUrl, sampleUrl, sidecarUrl } from "../../contract/urls.ts";
import type { FrameLines } from "./contour_layers.ts";

const TIMEOUT_MS = 10_000;

export function fetchRuns(model: ModelId): Promise<RunsAnswer> {
  return fetchJson(runsUrl(model), runsAnswerSchema, "no-cache");
}

export function fetchFrames(model: ModelId, run: RunId, variable: VarId): Promise<FramesAnswer> {
  return fetchJson(framesUrl(model, run, variable), framesAnswerSchema, "no-cache");
}

export function fetchSidecar(frame: FrameId): Promise<Sidecar> {
  return fetchJson(sidecarUrl(frame), sidecarSchema);
}

/** The value at a point, or null outside the coverage and where it is missing. */
export async function fetchSample(
  frame: FrameId,
  latDeg: number,
  lonDeg: number,
  signal: AbortSignal,
): Promise<SampleAnswer | null> {
  const response = await fetch(sampleUrl({ ...frame, latDeg, lonDeg }), { signal });
  if (response.status === 204) return null;
  if (!response.ok) throw new Error(`The value could not be read: ${response.status}`);
  return sampleAnswerSchema.parse(await response.json());
}

/** All sets of lines that a sidecar names. */
export async function fetchLines(frame: FrameId, { contours = {} }: Sidecar): Promise<FrameLines> {
  const keys = Object.keys(contours);
  const sets = await Promise.all(keys.map((key) => fetchJson(contoursUrl(frame, key), contourCollectionSchema)));
  return Object.fromEntries(keys.map((key, i) => [key, sets[i]!]));
}

/** @param cache `no-cache` for what is there by now: an answer that is kept may be from before the last frame */
async function fetchJson<T extends z.ZodType>(
  url: string,
  schema: T,
  cache: RequestCache = "default",
): Promise<z.infer<T>> {
  const response = await fetch(url, { cache, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return schema.parse(await response.json());
}
