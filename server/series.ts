import type { SeriesAnswer } from "../contract/api.ts";
import type { ModelId, RunId, VarId } from "../contract/identity.ts";
import { manifestVariable } from "../contract/manifest.ts";
import type { Catalogue } from "./catalogue.ts";
import { NotPublishedError } from "./errors.ts";
import type { FrameStore } from "./frame_store.ts";
import { type Point, sample } from "./sample.ts";

export interface SeriesRequest {
  readonly model: ModelId;
  readonly run: RunId;
  readonly variables: readonly VarId[];
  readonly point: Point;
}

/**
 * The values of variables at a point, at all hours that are published; null at hours where it is missing.
 * @throws NotPublishedError when the run lacks one of the variables
 */
export async function series(
  catalogue: Catalogue,
  frames: FrameStore,
  { model, run, variables, point }: SeriesRequest,
): Promise<SeriesAnswer> {
  const manifest = await catalogue.manifest(model, run);
  const answers = await Promise.all(variables.map(async (id) => {
    const variable = manifestVariable(manifest, id);
    if (!variable) throw new NotPublishedError(`Run ${run} of ${model} has no variable "${id}"`);
    const values = await Promise.all(variable.frames.map(async ({ fh, valid_time }) => {
      const answer = await sample(frames, { model, run, var: id, fh }, point);
      const label = answer?.label;
      return { fh, valid_time, value: answer?.value ?? null, ...(label === undefined ? {} : { label }) };
    }));
    const { name, kind, units } = variable;
    return { var: id, name, kind, units, values };
  }));
  return { model, run, lat: point.latDeg, lon: point.lonDeg, series: answers };
}
