import { Hono } from "hono";
import { manifestVariable } from "../contract/manifest.ts";
import { COG_FILES } from "../contract/urls.ts";
import type { PublishedRun } from "../server/catalogue.ts";
import { frameLifetime, NEVER, SHORT_LIVED } from "../server/http/cache_control.ts";
import { respondText } from "../server/http/respond.ts";
import { parseParameters } from "../server/http/parameters.ts";
import { NotPublishedError } from "../server/errors.ts";
import { type IndexEntry, indexPage } from "../server/index_page.ts";
import type { ServerContext } from "./context.ts";
import { publishedModels } from "./discovery_answers.ts";
import { frameParameters, modelParameters, pinnedRunParameters, pinnedVariableParameters } from "./frame_parameters.ts";

/** Routes of the published COGs as folders for browsing: models, runs, variables, hours, files. */
export function cogFolderRoutes({ catalogue, configuration, frames }: ServerContext): Hono {
  const routes = new Hono();
  const page = (request: Request, path: string, entries: readonly IndexEntry[], lifetime = SHORT_LIVED) =>
    respondText(request, indexPage(path, entries), "text/html; charset=utf-8", {
      cacheControl: lifetime,
      headers: { "content-security-policy": "default-src 'none'" },
    });
  const folderLifetime = ({ isRetired }: PublishedRun) => isRetired ? NEVER : SHORT_LIVED;
  const folders = (names: readonly string[]) => names.map((name) => ({ name: `${name}/` }));

  routes.get("/cog/v3/", async (c) => {
    const models = await publishedModels(catalogue, configuration);
    return page(c.req.raw, c.req.path, folders(models.map(({ id }) => id)));
  });

  routes.get("/cog/v3/:model/", async (c) => {
    const { model } = parseParameters(modelParameters, c.req.param());
    const runs = await catalogue.runs(model);
    if (runs.length === 0) throw new NotPublishedError(`No run of model "${model}" is published`);
    return page(c.req.raw, c.req.path, folders(runs.map(({ run }) => run)));
  });

  routes.get("/cog/v3/:model/:run/", async (c) => {
    const { model, run } = parseParameters(pinnedRunParameters, c.req.param());
    const published = await catalogue.run(model, run);
    const names = Object.keys(published.manifest.variables);
    return page(c.req.raw, c.req.path, folders(names), folderLifetime(published));
  });

  routes.get("/cog/v3/:model/:run/:var/", async (c) => {
    const { model, run, var: id } = parseParameters(pinnedVariableParameters, c.req.param());
    const published = await catalogue.run(model, run);
    const variable = manifestVariable(published.manifest, id);
    if (!variable) throw new NotPublishedError(`Run ${run} of ${model} has no variable "${id}"`);
    return page(c.req.raw, c.req.path, folders(variable.frames.map(({ frame }) => frame)), folderLifetime(published));
  });

  // /cog/v3/hrrr/20260217_06z/tmp2m/3/
  routes.get("/cog/v3/:model/:run/:var/:fh/", async (c) => {
    const frame = parseParameters(frameParameters, c.req.param());
    const { artifacts, built_at: modified } = await frames.sidecar(frame);
    const files = Object.entries(COG_FILES).map(([name, kind]) => ({ name, bytes: artifacts[kind].bytes, modified }));
    return page(c.req.raw, c.req.path, files, frameLifetime(frame));
  });

  return routes;
}
