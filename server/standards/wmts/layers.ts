import type { VersionedFrame } from "../../../contract/frame_version.ts";
import { cycleTime, isoSeconds, type RunId, type VarId, varIdSchema } from "../../../contract/identity.ts";
import { type Manifest, type ManifestFrame, manifestVariable } from "../../../contract/manifest.ts";
import { knownModels, type ModelGeometry } from "../../../contract/models.ts";
import type { Catalogue } from "../../catalogue.ts";
import { OwsError } from "./exception_report.ts";

/** A run that has frames of a layer. */
export interface LayerRun {
  readonly run: RunId;
  /** ISO 8601, as it stands in the dimension `reference_time`. */
  readonly referenceTime: string;
  /** At least one, in the order of their times. */
  readonly frames: readonly ManifestFrame[];
}

/** A variable of a model, over all its runs. */
export interface WmtsLayer {
  readonly model: ModelGeometry;
  readonly variable: VarId;
  readonly title: string;
  /** Whether its default run was made up. */
  readonly isSynthetic: boolean;
  /** At least one, newest first. */
  readonly runs: readonly LayerRun[];
  /** What the dimensions' defaults stand for: the run readers see first, or the newest with frames of this layer. */
  readonly defaultRun: LayerRun;
}

export function layerId({ model, variable }: Pick<WmtsLayer, "model" | "variable">): string {
  return `${model.id}_${variable}`;
}

/** Every layer that has a frame. */
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

/** The layer of a name. @throws OwsError when nothing of it is published */
export async function publishedLayer(catalogue: Catalogue, id: string): Promise<WmtsLayer> {
  for (const model of knownModels().filter((model) => id.startsWith(`${model.id}_`))) {
    const variable = varIdSchema.safeParse(id.slice(model.id.length + 1));
    const layer = variable.success ? layerOf(model, variable.data, await publishedOf(catalogue, model)) : null;
    if (layer !== null) return layer;
  }
  const words = `There is no layer "${id}": GetCapabilities lists those that there are`;
  throw new OwsError("InvalidParameterValue", "layer", words, 404);
}

interface Published {
  /** Newest first. */
  readonly manifests: readonly Manifest[];
  readonly latest: RunId | null;
}

async function publishedOf(catalogue: Catalogue, { id }: ModelGeometry): Promise<Published> {
  const [manifests, latest] = await Promise.all([catalogue.runs(id), catalogue.latest(id)]);
  return { manifests, latest };
}

/** A variable over all runs; null when none has a frame of it. */
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

/** All valid times of a layer, of whichever run, in their order. */
export function timesOf({ runs }: WmtsLayer): string[] {
  return [...new Set(runs.flatMap(({ frames }) => frames.map(({ valid_time }) => valid_time)))].sort();
}

/** The time that is taken where none is asked for: the first of the default run. */
export function defaultTime({ defaultRun }: WmtsLayer): string {
  return defaultRun.frames[0]!.valid_time;
}

/** A dimension as it was asked for: a time, the default, or what is nearest to now. */
export type DimensionValue = Date | "default" | "current";

/**
 * The frame of a layer at a time.
 *
 * Without a reference time it is the default run's, and, at a time that only other runs have, the newest one's that has it.
 * Without a time it is the default one, and of a run that does not have that, its first.
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
  throw notFound("time", `nothing at ${validTime}${wanted === null ? "" : ` of the run of ${wanted}`}`);
}

function nearest(frames: readonly ManifestFrame[], now: Date): ManifestFrame {
  const distance = ({ valid_time }: ManifestFrame) => Math.abs(Date.parse(valid_time) - now.getTime());
  return frames.reduce((best, frame) => distance(frame) < distance(best) ? frame : best);
}

/** With the version that the manifest lists. */
function identify({ model, variable }: WmtsLayer, { run }: LayerRun, { fh, v }: ManifestFrame): VersionedFrame {
  return { model: model.id, run, var: variable, fh, v };
}
