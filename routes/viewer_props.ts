import { cycleTime, type FrameId } from "../contract/identity.ts";
import type { Manifest, ManifestVariable } from "../contract/manifest.ts";
import { nearest } from "../islands/viewer/state/pane.ts";
import type { Permalink } from "../islands/viewer/state/permalink.ts";
import type { ViewerProps } from "../islands/viewer/state/viewer.ts";
import { REGIONS } from "../server/regions.ts";
import type { ServerContext } from "./context.ts";
import { publishedModels, runAnswer, variableAnswers } from "./discovery_answers.ts";

/**
 * What the page begins with: what its address names, as far as it is there, and otherwise the first frame of the first
 * variable of the newest run that is promoted (or the newest there is) of the first model that is published.
 */
export async function viewerProps(
  { catalogue, frames, configuration, pageManifest }: ServerContext,
  link: Permalink,
  assetUrl: (name: string) => string,
): Promise<ViewerProps | null> {
  const models = [];
  for (const model of await publishedModels(catalogue, configuration)) {
    const manifests = (await catalogue.runs(model.id)).filter((manifest) => shownVariables(manifest).length > 0);
    if (manifests.length > 0) models.push({ model, manifests });
  }
  const modelOfLink = models.find(({ model }) => model.id === link.model);
  const begin = modelOfLink ?? models[0];
  if (!begin) return null;
  const { model, manifests } = begin;
  const missing: string[] = [];
  if (link.model && !modelOfLink) missing.push(`nothing of ${link.model} is published`);
  const ofLink = manifests.find(({ run }) => run === link.run);
  if (link.run && modelOfLink && !ofLink) missing.push(`run ${link.run} is not kept any more`);
  const manifest = ofLink ?? manifests.find(({ run }) => run === model.latest_run) ?? manifests[0]!;
  const shown = shownVariables(manifest);
  const variableOfLink = shown.find(({ id }) => id === link.var);
  if (link.var && !variableOfLink) missing.push(`there is no ${link.var} in this run`);
  const { id, variable } = variableOfLink ?? shown[0]!;
  const frameOfLink = variable.frames.find(({ fh }) => fh === link.fh);
  if (link.fh !== undefined && !frameOfLink) missing.push(`forecast hour ${link.fh} is not there`);
  // Of another run the hour that is valid at the same time, or as near as there is.
  const validMs = cycleTime(link.run ?? manifest.run).getTime() + (link.fh ?? 0) * HOUR_MS;
  const likeLink = () => variable.frames[nearest(variable.frames, validMs)]!;
  const first = frameOfLink && ofLink ? frameOfLink : link.fh === undefined ? variable.frames[0]! : likeLink();
  const frame: FrameId = { model: model.id, run: manifest.run, var: id, fh: first.fh };
  return {
    models: models.map(({ model }) => model),
    pane: {
      model,
      runs: manifests.map(runAnswer),
      run: runAnswer(manifest),
      variables: variableAnswers(manifest).filter(({ available_frames: available }) => available > 0),
      frames: variable.frames,
      sidecar: await frames.sidecar(frame),
    },
    regions: REGIONS,
    tileSizePx: configuration.tileSizePx,
    basemap: Object.fromEntries(Object.entries(pageManifest.basemap).map(([name, file]) => [name, assetUrl(file)])),
    basemapStyleUrl: configuration.basemapStyleUrl,
    mapWorker: assetUrl(pageManifest.mapWorker),
    missing: missing.length === 0 ? null : `This link is not what it was: ${missing.join(", ")}`,
    link,
  };
}

const HOUR_MS = 3_600_000;

function shownVariables(
  { variables }: Manifest,
): { readonly id: FrameId["var"]; readonly variable: ManifestVariable }[] {
  return Object.entries(variables)
    .filter(([, { frames }]) => frames.length > 0)
    .map(([id, variable]) => ({ id: id as FrameId["var"], variable }));
}
