import type { VersionedFrame } from "../../../contract/frame_version.ts";
import { cycleTime, isoSeconds, type RunId, type VarId, varIdSchema } from "../../../contract/identity.ts";
import { leadOf } from "../../../contract/lead.ts";
import { type Manifest, type ManifestFrame, manifestVariable } from "../../../contract/manifest.ts";
import { knownModels, type ModelGeometry } from "../../../contract/models.ts";
import type { Catalogue } from "../../catalogue.ts";
import { OwsError } from "./exception_report.ts";

/** A run that has frames of a layer. */
export interface LayerRun {
  readonly run: RunId;
  /** Reference time in ISO 8601, as the dimension `reference_time` lists it. */
  readonly referenceTime: string;
  /** At least one frame, in the order of their valid times. */
  readonly frames: readonly ManifestFrame[];
}

/** A variable of a model, over all its runs. */
export interface WmtsLayer {
  readonly model: ModelGeometry;
  readonly variable: VarId;
  readonly title: string;
  /** Whether the default run is synthetic. */
  readonly isSynthetic: boolean;
  /** At least one run, newest first. */
  readonly runs: readonly LayerRun[];
  /** The run that the dimensions' defaults stand for: the latest run, or the newest with frames of this layer. */
  readonly defaultRun: LayerRun;
}

export function layerId({ model, variable }: Pick<WmtsLayer, "model" | "variable">): string {
  return `${model.id}_${variable}`;
}

/** All layers that have at least one frame. */
export async function publishedLayers(catalogue: Catalogue): Promise<WmtsLayer[]> {
  const layers = await Promise.all(
    knownModels().map(async (model) => {
      const published = await publishedOf(catalogue, model);
      const variables = new Set(published.manifests.flatMap((manifest) => Object.keys(manifest.variables) as VarId[]));
      return [...variables].map((variable) => layerOf(model, variable, published)).filter((layer) => layer !== null);
    }),
  );
  return layers.flat();
}

/**
 * Finds a layer by its identifier. Its runs include retired ones, after the others: a client's capabilities may be from
 * before.
 * @throws OwsError when nothing of the layer is published
 */
export async function publishedLayer(catalogue: Catalogue, id: string): Promise<WmtsLayer> {
  for (const model of knownModels().filter((model) => id.startsWith(`${model.id}_`))) {
    const variable = varIdSchema.safeParse(id.slice(model.id.length + 1));
    if (!variable.success) continue;
    const { manifests, latest } = await publishedOf(catalogue, model);
    const served = [...manifests, ...await catalogue.retiredRuns(model.id)];
    const layer = layerOf(model, variable.data, { manifests: served, latest });
    if (layer !== null) return layer;
  }
  const words = `There is no layer "${id}": GetCapabilities lists all layers`;
  throw new OwsError("InvalidParameterValue", "layer", words, 404);
}

interface Published {
  /** The runs' manifests, newest first. */
  readonly manifests: readonly Manifest[];
  readonly latest: RunId | null;
}

async function publishedOf(catalogue: Catalogue, { id }: ModelGeometry): Promise<Published> {
  const [manifests, latest] = await Promise.all([catalogue.runs(id), catalogue.latest(id)]);
  return { manifests, latest };
}

/** The layer of a variable over all runs; null when no run has a frame of it. */
function layerOf(model: ModelGeometry, variable: VarId, { manifests, latest }: Published): WmtsLayer | null {
  const having = manifests.filter((manifest) => (manifestVariable(manifest, variable)?.frames.length ?? 0) > 0);
  const shown = having.find(({ run }) => run === latest) ?? having[0];
  if (!shown) return null;
  const runs = having.map((manifest): LayerRun => ({
    run: manifest.run,
    referenceTime: isoSeconds(cycleTime(manifest.run)),
    frames: manifestVariable(manifest, variable)!.frames,
  }));
  const isSynthetic = shown.synthetic ?? false;
  const { name } = manifestVariable(shown, variable)!;
  return {
    model,
    variable,
    isSynthetic,
    runs,
    title: `${model.name}${isSynthetic ? " (synthetic)" : ""} ${name}`,
    defaultRun: runs[having.indexOf(shown)]!,
  };
}

/** All valid times of a layer, over all its runs, in ascending order. */
export function timesOf({ runs }: WmtsLayer): string[] {
  return [...new Set(runs.flatMap(({ frames }) => frames.map(({ valid_time }) => valid_time)))].sort();
}

/** The default time of a layer: the first valid time of its default run. */
export function defaultTime({ defaultRun }: WmtsLayer): string {
  return defaultRun.frames[0]!.valid_time;
}

/** The requested value of a dimension: a time, the default, or the value nearest to now. */
export type DimensionValue = Date | "default" | "current";

/**
 * Finds the frame of a layer at a time.
 *
 * Without a reference time the frame comes from the default run or, at a time that only other runs have, from the
 * newest run that has the time. Without a time the default time is used or, in a run that lacks that time, the run's
 * first.
 * @throws OwsError
 */
export function frameOf(
  layer: WmtsLayer,
  { referenceTime, time, now }: {
    readonly referenceTime: DimensionValue;
    readonly time: DimensionValue;
    readonly now: Date;
  },
): VersionedFrame {
  const isAnyRun = !(referenceTime instanceof Date);
  const wanted = isAnyRun ? null : isoSeconds(referenceTime);
  const candidates = isAnyRun
    ? [layer.defaultRun, ...layer.runs.filter((run) => run !== layer.defaultRun)]
    : layer.runs.filter((run) => run.referenceTime === wanted);
  const [first] = candidates;
  const notFound = (dimension: string, words: string) =>
    new OwsError("InvalidParameterValue", dimension, `Layer ${layerId(layer)} has ${words}`, 404);
  if (!first) throw notFound("reference_time", `no reference_time ${wanted}`);
  if (time === "current") return identify(layer, first, nearest(first.frames, now));
  const validTime = time === "default" ? defaultTime(layer) : isoSeconds(time);
  for (const run of candidates) {
    const frame = run.frames.find(({ valid_time }) => valid_time === validTime);
    if (frame) return identify(layer, run, frame);
  }
  if (time === "default") return identify(layer, first, first.frames[0]!);
  throw notFound("time", `no frame at time ${validTime}${wanted === null ? "" : ` of the run of ${wanted}`}`);
}

function nearest(frames: readonly ManifestFrame[], now: Date): ManifestFrame {
  const distance = ({ valid_time }: ManifestFrame) => Math.abs(Date.parse(valid_time) - now.getTime());
  return frames.reduce((best, frame) => distance(frame) < distance(best) ? frame : best);
}

/** The identity of a frame, with the version that the manifest lists. */
function identify({ model, variable }: WmtsLayer, { run }: LayerRun, frame: ManifestFrame): VersionedFrame {
  return { model: model.id, run, var: variable, lead: leadOf(frame), v: frame.v };
}
