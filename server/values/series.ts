import { setImmediate } from "node:timers";
import type { SeriesAnswer } from "../../contract/api.ts";
import type { FrameId, VarId } from "../../contract/identity.ts";
import { leadOf } from "../../contract/lead.ts";
import { type Manifest, type ManifestVariable, manifestVariable } from "../../contract/manifest.ts";
import { mercatorX, mercatorY } from "../../contract/projection.ts";
import { NotPublishedError } from "../errors.ts";
import type { FrameStore } from "../frame_store.ts";
import type { Point } from "./sample.ts";

export interface SeriesRequest {
  readonly variables: readonly VarId[];
  readonly point: Point;
}

type VariableSeries = SeriesAnswer["series"][number];

/** Longest time in milliseconds for which inflating row groups may block other requests. */
const MAX_BUSY_MS = 5;

/**
 * The values of variables at a point, at all published hours; null at hours without a value.
 * @throws NotPublishedError when the run lacks one of the variables
 */
export async function series(
  manifest: Manifest,
  frames: FrameStore,
  { variables, point }: SeriesRequest,
): Promise<SeriesAnswer> {
  const { model, run } = manifest;
  const wanted = variables.map((id) => {
    const variable = manifestVariable(manifest, id);
    if (!variable) throw new NotPublishedError(`Run ${run} of ${model} has no variable "${id}"`);
    return { id, variable };
  });
  const pace = new Pace();
  const answers: VariableSeries[] = [];
  for (const { id, variable } of wanted) {
    const { name, kind, units } = variable;
    const values = await valuesOf(frames, manifest, { id, variable }, point, pace);
    answers.push({ var: id, name, kind, units, values });
  }
  return { model, run, lat: point.latDeg, lon: point.lonDeg, series: answers };
}

/** The values of one variable. Open hours are read in one loop: a promise for each would cost more than its value. */
async function valuesOf(
  frames: FrameStore,
  manifest: Manifest,
  { id, variable }: { readonly id: VarId; readonly variable: ManifestVariable },
  { latDeg, lonDeg }: Point,
  pace: Pace,
): Promise<VariableSeries["values"]> {
  const [xM, yM] = [mercatorX(lonDeg), mercatorY(latDeg)];
  const frameAt = (i: number): FrameId => {
    return { model: manifest.model, run: manifest.run, var: id, lead: leadOf(variable.frames[i]!) };
  };
  const values: VariableSeries["values"] = [];
  const unknown: number[] = [];
  for (const [i, { frame, fh, valid_time }] of variable.frames.entries()) {
    if (pace.isDue()) await pace.giveWay();
    const known = frames.knownValues(frameAt(i), manifest);
    if (!known) unknown.push(i);
    values.push({ frame, ...(fh === undefined ? {} : { fh }), valid_time, value: null, ...known?.at(xM, yM) });
  }
  await Promise.all(unknown.map(async (i) => {
    const opened = await frames.values(frameAt(i), manifest);
    values[i] = { ...values[i]!, ...opened.at(xM, yM) };
  }));
  return values;
}

/** Lets other requests run while a request inflates row groups of many hours. */
class Pace {
  #since = performance.now();

  isDue(): boolean {
    return performance.now() - this.#since > MAX_BUSY_MS;
  }

  async giveWay(): Promise<void> {
    await new Promise((wake) => setImmediate(wake));
    this.#since = performance.now();
  }
}
