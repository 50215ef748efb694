import type { SampleAnswer, SamplesAnswer } from "../contract/api.ts";
import type { FrameId } from "../contract/identity.ts";
import { mercatorX, mercatorY } from "../contract/projection.ts";
import type { FrameStore } from "./frame_store.ts";

export interface Point {
  readonly latDeg: number;
  readonly lonDeg: number;
}

/**
 * The value of a frame at a point, rounded to the variable's precision; null outside the coverage and where it is missing.
 * @throws NotPublishedError
 */
export async function sample(
  frames: FrameStore,
  frame: FrameId,
  { latDeg, lonDeg }: Point,
): Promise<SampleAnswer | null> {
  const sidecar = await frames.sidecar(frame);
  const values = await frames.values(frame);
  const value = values.at(mercatorX(lonDeg), mercatorY(latDeg));
  if (value === null) return null;
  const rounded = roundTo(value, sidecar.precision);
  const label = sidecar.labels?.[String(rounded)];
  return {
    value: rounded,
    ...(label === undefined ? {} : { label }),
    units: sidecar.units,
    ...frame,
    valid_time: sidecar.valid_time,
    lat: latDeg,
    lon: lonDeg,
  };
}

/**
 * The values of a frame at many points, in their order.
 * @throws NotPublishedError
 */
export async function samples(frames: FrameStore, frame: FrameId, points: readonly Point[]): Promise<SamplesAnswer> {
  const sidecar = await frames.sidecar(frame);
  const values = await frames.values(frame);
  const rounded = points.map(({ latDeg, lonDeg }) => {
    const value = values.at(mercatorX(lonDeg), mercatorY(latDeg));
    return value === null ? null : roundTo(value, sidecar.precision);
  });
  const { labels } = sidecar;
  return {
    ...frame,
    valid_time: sidecar.valid_time,
    units: sidecar.units,
    values: rounded,
    ...(labels ? { labels: rounded.map((value) => labels[String(value)] ?? null) } : {}),
  };
}

function roundTo(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}
