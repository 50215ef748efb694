import type { ModelsAnswer, RunsAnswer, VarsAnswer } from "../contract/api.ts";
import type { Configuration } from "../contract/environment.ts";
import { cycleTime, isoSeconds, type RunId } from "../contract/identity.ts";
import type { Manifest } from "../contract/manifest.ts";
import { attributionOf, knownModels, type ModelGeometry } from "../contract/models.ts";
import { nativeZoom } from "../contract/tile.ts";
import type { Catalogue } from "../server/catalogue.ts";

/** Parts of answers about models, runs and variables, for discovery and the page. */

/**
 * Describes a model.
 * @param runs of the model, newest first
 */
function modelAnswer(
  model: ModelGeometry,
  runs: readonly Manifest[],
  latest: RunId | null,
  tileSizePx: number,
): ModelsAnswer["models"][number] {
  const { west, south, east, north } = model.coverage;
  const isSynthetic = runs[0]?.synthetic ?? false;
  return {
    id: model.id,
    name: model.name + (isSynthetic ? " (synthetic)" : ""),
    description: model.description,
    attribution: attributionOf(model, isSynthetic),
    nature: model.nature,
    coverage: [west, south, east, north],
    native_zoom: nativeZoom(model.grid, tileSizePx),
    latest_run: latest,
    synthetic: isSynthetic,
  };
}

/** The models that have at least one published run. */
export async function publishedModels(
  catalogue: Catalogue,
  { tileSizePx }: Configuration,
): Promise<ModelsAnswer["models"]> {
  const models = await Promise.all(
    knownModels().map(async (model) => {
      const runs = await catalogue.runs(model.id);
      return runs.length === 0 ? [] : [modelAnswer(model, runs, await catalogue.latest(model.id), tileSizePx)];
    }),
  );
  return models.flat();
}

export function runAnswer(manifest: Manifest): RunsAnswer["runs"][number] {
  const total = (key: "available_frames" | "expected_frames") =>
    Object.values(manifest.variables).reduce((sum, variable) => sum + variable[key], 0);
  return {
    run: manifest.run,
    cycle_utc: isoSeconds(cycleTime(manifest.run)),
    complete: manifest.complete,
    synthetic: manifest.synthetic ?? false,
    available_frames: total("available_frames"),
    expected_frames: total("expected_frames"),
  };
}

export function variableAnswers({ variables }: Manifest): VarsAnswer["vars"] {
  return Object.entries(variables).map(([id, variable]) => ({
    id: id as VarsAnswer["vars"][number]["id"],
    name: variable.name,
    group: variable.group,
    kind: variable.kind,
    units: variable.units,
    expected_frames: variable.expected_frames,
    available_frames: variable.available_frames,
  }));
}
