import type { SampleAnswer, SampleOrEmpty, SamplesAnswer } from "../../contract/api.ts";
import { frameFields, type FrameId } from "../../contract/identity.ts";
import { mercatorX, mercatorY } from "../../contract/projection.ts";
import type { FrameStore } from "../frame_store.ts";
import type { FrameValues } from "./frame_values.ts";

export interface Point {
  readonly latDeg: number;
  readonly lonDeg: number;
}

/**
 * The value of a frame at a point, rounded to the variable's precision; null outside the coverage and at nodata.
 * @throws NotPublishedError
 */
export async function sample(
  frames: FrameStore,
  frame: FrameId,
  { latDeg, lonDeg }: Point,
): Promise<SampleAnswer | null> {
  const values = await frames.publishedValues(frame);
  const answer = values.at(mercatorX(lonDeg), mercatorY(latDeg));
  return answer === null ? null : { ...answer, ...about(values, frame, { latDeg, lonDeg }) };
}

/** Returns the same answer as `sample`, with a null value when there is none. @throws NotPublishedError */
export async function sampleOrNull(
  frames: FrameStore,
  frame: FrameId,
  point: Point,
): Promise<SampleOrEmpty> {
  const answer = await sample(frames, frame, point);
  return answer ?? { value: null, ...about(await frames.publishedValues(frame), frame, point) };
}

/** The members of an answer besides the value. */
function about({ metadata: { units, valid_time } }: FrameValues, frame: FrameId, { latDeg, lonDeg }: Point) {
  return { units, ...frameFields(frame), valid_time, lat: latDeg, lon: lonDeg };
}

/**
 * The values of a frame at many points, in the order of the points.
 * @throws NotPublishedError
 */
export async function samples(frames: FrameStore, frame: FrameId, points: readonly Point[]): Promise<SamplesAnswer> {
  const values = await frames.publishedValues(frame);
  const answers = points.map(({ latDeg, lonDeg }) => values.at(mercatorX(lonDeg), mercatorY(latDeg)));
  return {
    ...frameFields(frame),
    valid_time: values.metadata.valid_time,
    units: values.metadata.units,
    values: answers.map((answer) => answer?.value ?? null),
    ...(values.metadata.labels ? { labels: answers.map((answer) => answer?.label ?? null) } : {}),
  };
}
