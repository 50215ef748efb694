import { Hono } from "hono";
import type { FramesAnswer, ModelsAnswer, RunsAnswer, VarsAnswer } from "../contract/api.ts";
import type { ModelId, RunId } from "../contract/identity.ts";
import { type Manifest, manifestVariable } from "../contract/manifest.ts";
import { modelGeometry } from "../contract/models.ts";
import { frameLifetime, manifestLifetime, ONE_MINUTE, SHORT_LIVED } from "../server/http/cache_control.ts";
import { NotPublishedError } from "../server/errors.ts";
import { httpDate } from "../server/http/conditional.ts";
import { respondJson } from "../server/http/respond.ts";
import { parseParameters } from "../server/http/parameters.ts";
import type { ServerContext } from "./context.ts";
import { publishedModels, runAnswer, variableAnswers } from "./discovery_answers.ts";
import {
  frameOrLatestParameters,
  modelParameters,
  requireNoQuery,
  runParameters,
  variableParameters,
  versionIn,
} from "./frame_parameters.ts";

/** Routes that list the published models, runs, variables and frames. */
export function discoveryRoutes({ catalogue, frames, configuration }: ServerContext): Hono {
  const routes = new Hono();

  /** A manifest and the lifetime of an answer made from it: `latest` moves, a complete run does not change. */
  async function manifestOf(model: ModelId, run: RunId | "latest"): Promise<{ manifest: Manifest; lifetime: string }> {
    const published = await catalogue.run(model, await catalogue.resolveRun(model, run));
    const lifetime = run === "latest" ? SHORT_LIVED : manifestLifetime(published);
    return { manifest: published.manifest, lifetime };
  }

  // /api/v3/models
  routes.get("/api/v3/models", async (c) => {
    requireNoQuery(c.req.raw);
    const answer: ModelsAnswer = { models: await publishedModels(catalogue, configuration) };
    return respondJson(c.req.raw, answer, { cacheControl: ONE_MINUTE });
  });

  // /api/v3/hrrr/runs
  routes.get("/api/v3/:model/runs", async (c) => {
    requireNoQuery(c.req.raw);
    const { model } = parseParameters(modelParameters, c.req.param());
    if (!modelGeometry(model)) throw new NotPublishedError(`There is no model "${model}"`);
    const runs = await catalogue.runs(model);
    const answer: RunsAnswer = {
      model,
      latest_run: await catalogue.latest(model),
      runs: runs.map(runAnswer),
    };
    return respondJson(c.req.raw, answer, { cacheControl: ONE_MINUTE });
  });

  // /api/v3/hrrr/20260217_06z/vars
  routes.get("/api/v3/:model/:run/vars", async (c) => {
    requireNoQuery(c.req.raw);
    const { model, run } = parseParameters(runParameters, c.req.param());
    const { manifest, lifetime } = await manifestOf(model, run);
    const answer: VarsAnswer = { model, run: manifest.run, vars: variableAnswers(manifest) };
    return respondJson(c.req.raw, answer, { cacheControl: lifetime });
  });

  // /api/v3/hrrr/20260217_06z/manifest
  routes.get("/api/v3/:model/:run/manifest", async (c) => {
    requireNoQuery(c.req.raw);
    const { model, run } = parseParameters(runParameters, c.req.param());
    const { manifest, lifetime } = await manifestOf(model, run);
    return respondJson(c.req.raw, manifest, { cacheControl: lifetime });
  });

  // /api/v3/hrrr/20260217_06z/tmp2m/frames
  routes.get("/api/v3/:model/:run/:var/frames", async (c) => {
    requireNoQuery(c.req.raw);
    const { model, run, var: id } = parseParameters(variableParameters, c.req.param());
    const { manifest, lifetime } = await manifestOf(model, run);
    const variable = manifestVariable(manifest, id);
    if (!variable) throw new NotPublishedError(`Run ${manifest.run} of ${model} has no variable "${id}"`);
    const answer: FramesAnswer = {
      model,
      run: manifest.run,
      var: id,
      expected_frames: variable.expected_frames,
      frames: variable.frames,
    };
    return respondJson(c.req.raw, answer, { cacheControl: lifetime });
  });

  // /api/v3/hrrr/20260217_06z/tmp2m/3
  routes.get("/api/v3/:model/:run/:var/:fh", async (c) => {
    const raw = { ...c.req.param(), v: versionIn(c.req.raw) };
    const { model, run, var: id, fh: lead, v } = parseParameters(frameOrLatestParameters, raw);
    const frame = { model, run: await catalogue.resolveRun(model, run), var: id, lead, v };
    const lifetime = run === "latest" ? SHORT_LIVED : frameLifetime(frame);
    const sidecar = await frames.sidecar(frame);
    return respondJson(c.req.raw, sidecar, { cacheControl: lifetime, lastModified: httpDate(sidecar.built_at) });
  });

  return routes;
}
