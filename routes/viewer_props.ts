import type { ModelsAnswer } from "../contract/api.ts";
import { validTime, type VarId } from "../contract/identity.ts";
import { type FrameText, type Lead, leadOf } from "../contract/lead.ts";
import type { Manifest, ManifestVariable } from "../contract/manifest.ts";
import type { Sidecar } from "../contract/sidecar.ts";
import { nearest } from "../islands/viewer/state/selection.ts";
import type { Permalink } from "../islands/viewer/state/permalink.ts";
import type { ViewerProps } from "../islands/viewer/state/viewer.ts";
import { DamagedError, NotPublishedError } from "../server/errors.ts";
import type { FrameStore } from "../server/frame_store.ts";
import { REGIONS } from "../server/regions.ts";
import type { ServerContext } from "./context.ts";
import { publishedModels, runAnswer, variableAnswers } from "./discovery_answers.ts";

/** A model that the page may begin with, and its runs with at least one frame, newest first. */
interface ShownModel {
  readonly model: ModelsAnswer["models"][number];
  readonly manifests: readonly Manifest[];
}

/** The first state of the page. */
interface Beginning {
  readonly model: ShownModel["model"];
  readonly manifest: Manifest;
  readonly frame: Candidate;
  /** Descriptions of the link's missing parts. */
  readonly missing: readonly string[];
}

/**
 * Props of the page: the parts of its address that exist; otherwise the first frame of the first variable of the latest
 * run (or else the newest run) of the first published model. Frames that cannot be read are skipped.
 */
export async function viewerProps(
  { catalogue, frames, configuration, pageManifest }: ServerContext,
  link: Permalink,
  assetUrl: (name: string) => string,
): Promise<ViewerProps | null> {
  const all: ShownModel[] = [];
  for (const model of await publishedModels(catalogue, configuration)) {
    const manifests = (await catalogue.runs(model.id)).filter((manifest) => shownVariables(manifest).length > 0);
    all.push({ model, manifests });
  }
  const unreadable: Manifest[] = [];
  for (;;) {
    const models = all.map(({ model, manifests }) => ({
      model,
      manifests: manifests.filter((manifest) => !unreadable.includes(manifest)),
    })).filter(({ manifests }) => manifests.length > 0);
    const beginning = whereToBegin(models, link);
    if (!beginning) return null;
    const { model, manifest, frame, missing } = beginning;
    const shown = await firstReadable(frames, manifest, [frame, ...framesOf(shownVariables(manifest))]);
    if (!shown) {
      unreadable.push(manifest);
      continue;
    }
    const isPassedOver = unreadable.length > 0 || shown.id !== frame.id || shown.lead !== frame.lead;
    const words = [
      ...(isPassedOver ? ["The requested frame cannot be read at present"] : []),
      ...(unreadable.length === 0 && missing.length > 0
        ? [`Parts of this link are not published: ${missing.join(", ")}`]
        : []),
    ];
    return {
      models: models.map(({ model }) => model),
      pane: {
        model,
        runs: models.find((each) => each.model === model)!.manifests.map(runAnswer),
        run: runAnswer(manifest),
        variables: variableAnswers(manifest).filter(({ available_frames: available }) => available > 0),
        frames: manifest.variables[shown.id]!.frames,
        sidecar: shown.sidecar,
      },
      regions: REGIONS,
      tileSizePx: configuration.tileSizePx,
      basemap: Object.fromEntries(Object.entries(pageManifest.basemap).map(([name, file]) => [name, assetUrl(file)])),
      basemapStyleUrl: configuration.basemapStyleUrl,
      mapWorker: assetUrl(pageManifest.mapWorker),
      eventWorker: assetUrl(pageManifest.eventWorker),
      missing: words.length === 0 ? null : words.join(". "),
      link,
    };
  }
}

/** The frame that a link names, or the nearest one; null when there is nothing to show. */
function whereToBegin(models: readonly ShownModel[], link: Permalink): Beginning | null {
  const modelOfLink = models.find(({ model }) => model.id === link.model);
  const begin = modelOfLink ?? models[0];
  if (!begin) return null;
  const { model, manifests } = begin;
  const missing: string[] = [];
  if (link.model && !modelOfLink) missing.push(`model ${link.model}`);
  const ofLink = manifests.find(({ run }) => run === link.run);
  if (link.run && modelOfLink && !ofLink) missing.push(`run ${link.run}`);
  const manifest = ofLink ?? manifests.find(({ run }) => run === model.latest_run) ?? manifests[0]!;
  const shown = shownVariables(manifest);
  const variableOfLink = shown.find(({ id }) => id === link.var);
  if (link.var && !variableOfLink) missing.push(`variable ${link.var}`);
  const { id, variable } = variableOfLink ?? shown[0]!;
  const frameOfLink = variable.frames.find(({ frame }) => frame === link.fh);
  if (link.fh !== undefined && !frameOfLink) missing.push(`forecast hour ${link.fh}`);
  // In another run, the frame with the nearest valid time.
  const likeLink = (frame: FrameText) => {
    const validMs = validTime(link.run ?? manifest.run, leadOf({ frame })).getTime();
    return variable.frames[nearest(variable.frames, validMs)]!;
  };
  const frame = frameOfLink && ofLink ? frameOfLink : link.fh === undefined ? variable.frames[0]! : likeLink(link.fh);
  return { model, manifest, frame: { id, lead: leadOf(frame) }, missing };
}

/** Number of frames to try before the page gives up on a run. */
const MAX_TRIED = 20;

interface Candidate {
  readonly id: VarId;
  readonly lead: Lead;
}

/**
 * The first readable frame: a damaged one does not keep the page from its readers. Null when none of those tried can be
 * read.
 */
async function firstReadable(
  frames: FrameStore,
  { model, run }: Manifest,
  candidates: readonly Candidate[],
): Promise<Candidate & { readonly sidecar: Sidecar } | null> {
  for (const { id, lead } of candidates.slice(0, MAX_TRIED)) {
    try {
      return { id, lead, sidecar: await frames.sidecar({ model, run, var: id, lead }) };
    } catch (error) {
      if (!(error instanceof DamagedError || error instanceof NotPublishedError)) throw error;
    }
  }
  return null;
}

/** All frames as candidates: the first hours of all variables, then the second ones, and so on. */
function framesOf(shown: readonly ShownVariable[]): Candidate[] {
  const most = Math.max(...shown.map(({ variable }) => variable.frames.length));
  return Array.from({ length: most }, (_, i) => i).flatMap((i) =>
    shown.flatMap(({ id, variable }) => variable.frames[i] ? [{ id, lead: leadOf(variable.frames[i]) }] : [])
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
