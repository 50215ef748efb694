import type { SampleAnswer, SampleOrEmpty, SamplesAnswer } from "../../contract/api.ts";
import { frameFields, type FrameId } from "../../contract/identity.ts";
import { mercatorX, mercatorY } from "../../contract/projection.ts";
import type { FrameStore } from "../frame_store.ts";
import type { FrameValues, PointValue } from "./frame_values.ts";

export interface Point {
  readonly latDeg: number;
  readonly lonDeg: number;
}

/** A map whose pixels are asked for. */
export interface ShownMap {
  readonly zoom: number;
  readonly tileSizePx: number;
}

/**
 * The value of a frame at a point, rounded to the variable's precision; null outside the coverage and at nodata.
 * @param map gives the value of the pixel that this map shows at the point; without a map it is the cell's own
 * @throws NotPublishedError
 */
export async function sample(
  frames: FrameStore,
  frame: FrameId,
  { latDeg, lonDeg }: Point,
  map: ShownMap | null,
): Promise<SampleAnswer | null> {
  const values = await frames.publishedValues(frame);
  const answer = valueAt(values, { latDeg, lonDeg }, map);
  return answer === null ? null : { ...answer, ...about(values, frame, { latDeg, lonDeg }) };
}

/** Returns the same answer as `sample`, with a null value when there is none. @throws NotPublishedError */
export async function sampleOrNull(
  frames: FrameStore,
  frame: FrameId,
  point: Point,
  map: ShownMap | null,
): Promise<SampleOrEmpty> {
  const answer = await sample(frames, frame, point, map);
  return answer ?? { value: null, ...about(await frames.publishedValues(frame), frame, point) };
}

function valueAt(values: FrameValues, { latDeg, lonDeg }: Point, map: ShownMap | null): PointValue | null {
  const [xM, yM] = [mercatorX(lonDeg), mercatorY(latDeg)];
  return map === null ? values.at(xM, yM) : values.shownAt(xM, yM, map.zoom, map.tileSizePx);
}

/** The members of an answer besides the value. */
function about({ metadata: { units, valid_time } }: FrameValues, frame: FrameId, { latDeg, lonDeg }: Point) {
  return { units, ...frameFields(frame), valid_time, lat: latDeg, lon: lonDeg };
}

/**
 * The values of a frame at many points, in the order of the points.
 * @param map as for one point
 * @throws NotPublishedError
 */
export async function samples(
  frames: FrameStore,
  frame: FrameId,
  points: readonly Point[],
  map: ShownMap | null,
): Promise<SamplesAnswer> {
  const values = await frames.publishedValues(frame);
  const answers = points.map((point) => valueAt(values, point, map));
  return {
    ...frameFields(frame),
    valid_time: values.metadata.valid_time,
    units: values.metadata.units,
    values: answers.map((answer) => answer?.value ?? null),
    ...(values.metadata.labels ? { labels: answers.map((answer) => answer?.label ?? null) } : {}),
  };
}
