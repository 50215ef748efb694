import { cycleTime, type ForecastHour, type VarId } from "../contract/identity.ts";
import type { Manifest, ManifestVariable } from "../contract/manifest.ts";
import type { Sidecar } from "../contract/sidecar.ts";
import { nearest } from "../islands/viewer/state/pane.ts";
import type { Permalink } from "../islands/viewer/state/permalink.ts";
import type { ViewerProps } from "../islands/viewer/state/viewer.ts";
import { DamagedError, NotPublishedError } from "../server/errors.ts";
import type { FrameStore } from "../server/frame_store.ts";
import { REGIONS } from "../server/regions.ts";
import type { ServerContext } from "./context.ts";
import { publishedModels, runAnswer, variableAnswers } from "./discovery_answers.ts";

/**
 * What the page begins with: what its address names, as far as it is there, and otherwise the first frame of the first
 * variable of the newest run that is promoted (or the newest there is) of the first model that is published.
 * @param unreadable runs that none of the first frames could be read of
 */
export async function viewerProps(
  context: ServerContext,
  link: Permalink,
  assetUrl: (name: string) => string,
  unreadable: ReadonlySet<string> = new Set(),
): Promise<ViewerProps | null> {
  const { catalogue, frames, configuration, pageManifest } = context;
  const isShown = (manifest: Manifest) => shownVariables(manifest).length > 0 && !unreadable.has(nameOf(manifest));
  const models = [];
  for (const model of await publishedModels(catalogue, configuration)) {
    const manifests = (await catalogue.runs(model.id)).filter(isShown);
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
  const begun = await firstReadable(frames, manifest, [{ id, fh: first.fh }, ...framesOf(shown)]);
  if (!begun) return await viewerProps(context, link, assetUrl, new Set([...unreadable, nameOf(manifest)]));
  if (begun.fh !== first.fh || begun.id !== id) missing.push("its picture cannot be read at the moment");
  return {
    models: models.map(({ model }) => model),
    pane: {
      model,
      runs: manifests.map(runAnswer),
      run: runAnswer(manifest),
      variables: variableAnswers(manifest).filter(({ available_frames: available }) => available > 0),
      frames: manifest.variables[begun.id]!.frames,
      sidecar: begun.sidecar,
    },
    regions: REGIONS,
    tileSizePx: configuration.tileSizePx,
    basemap: Object.fromEntries(Object.entries(pageManifest.basemap).map(([name, file]) => [name, assetUrl(file)])),
    basemapStyleUrl: configuration.basemapStyleUrl,
    mapWorker: assetUrl(pageManifest.mapWorker),
    newsWorker: assetUrl(pageManifest.newsWorker),
    missing: missing.length === 0 ? null : `This link is not what it was: ${missing.join(", ")}`,
    link,
  };
}

const HOUR_MS = 3_600_000;

function nameOf({ model, run }: Manifest): string {
  return `${model}/${run}`;
}

/** Frames that are tried before the page gives up on a run. */
const MAX_TRIED = 20;

interface Candidate {
  readonly id: VarId;
  readonly fh: ForecastHour;
}

/** One frame that is damaged does not keep the page from its readers. Null when none of those that are tried can be read. */
async function firstReadable(
  frames: FrameStore,
  { model, run }: Manifest,
  candidates: readonly Candidate[],
): Promise<Candidate & { readonly sidecar: Sidecar } | null> {
  for (const { id, fh } of candidates.slice(0, MAX_TRIED)) {
    try {
      return { id, fh, sidecar: await frames.sidecar({ model, run, var: id, fh }) };
    } catch (error) {
      if (!(error instanceof DamagedError || error instanceof NotPublishedError)) throw error;
    }
  }
  return null;
}

/** The first hours of all variables, then the second ones. */
function framesOf(shown: readonly ShownVariable[]): Candidate[] {
  const most = Math.max(...shown.map(({ variable }) => variable.frames.length));
  return Array.from({ length: most }, (_, i) => i).flatMap((i) =>
    shown.flatMap(({ id, variable }) => variable.frames[i] ? [{ id, fh: variable.frames[i].fh }] : [])
  );
}

interface ShownVariable {
  readonly id: VarId;
  readonly variable: ManifestVariable;
}

function shownVariables({ variables }: Manifest): ShownVariable[] {
  return Object.entries(variables)
    .filter(([, { frames }]) => frames.length > 0)
    .map(([id, variable]) => ({ id: id as VarId, variable }));
}
