import { Hono } from "hono";
import { z } from "zod";
import type { FramesAnswer, VarsAnswer } from "../contract/api.ts";
import { cycleTime, type FrameId, isoSeconds, type ModelId, modelIdSchema, type RunId } from "../contract/identity.ts";
import type { Manifest } from "../contract/manifest.ts";
import { attributionOf, knownModels, type ModelGeometry } from "../contract/models.ts";
import { nativeZoom } from "../contract/tile.ts";
import { PAGE_URL } from "../contract/urls.ts";
import ModelsViewer from "../islands/ModelsViewer.tsx";
import type { PageManifest } from "../islands/page_manifest.ts";
import type { ViewerProps } from "../islands/viewer/state.ts";
import { NotPublishedError } from "../server/errors.ts";
import { REVALIDATE } from "../server/http/cache_control.ts";
import { textAnswer } from "../server/http/conditional.ts";
import { parseParameters, singleValues } from "../server/http/parameters.ts";
import { REGIONS } from "../server/regions.ts";
import type { ServerContext } from "./context.ts";
import { registerIsland, type RenderedPage, renderPage, scriptJson } from "./islands.tsx";

registerIsland("ModelsViewer", ModelsViewer);

/** The map page. */
export function pageRoutes(context: ServerContext): Hono {
  const routes = new Hono();
  const assetUrl = (name: string) => `${PAGE_URL}/assets/${name}`;

  routes.get(PAGE_URL, async (c) => {
    const { model } = parseParameters(pageParameters, singleValues(c.req.queries()));
    const props = await viewerProps(context, model, assetUrl);
    const rendered = renderPage(() => props ? <ModelsViewer {...props} /> : <NothingPublished />);
    const body = document(rendered, context.pageManifest, assetUrl);
    return textAnswer(c.req.raw, body, {
      "content-type": "text/html; charset=utf-8",
      "cache-control": REVALIDATE,
      "content-security-policy": contentSecurityPolicy(context.configuration.basemapStyleUrl),
      "x-content-type-options": "nosniff",
      "referrer-policy": "same-origin",
    });
  });

  for (const path of ["/", `${PAGE_URL}/`]) routes.get(path, (c) => c.redirect(PAGE_URL));

  return routes;
}

/** The model that the page begins with, if another than the first that is published. */
const pageParameters = z.object({ model: modelIdSchema.optional() });

/**
 * What the page begins with: the newest run that is promoted, or the newest there is, at its first frame, of the model
 * that is asked for or the first that is published.
 * @throws NotPublishedError when the model that is asked for is not
 */
async function viewerProps(
  context: ServerContext,
  wanted: ModelId | undefined,
  assetUrl: (name: string) => string,
): Promise<ViewerProps | null> {
  const { catalogue, frames, configuration, pageManifest } = context;
  const published: { model: ModelGeometry; manifest: Manifest; latest: RunId | null }[] = [];
  for (const model of knownModels()) {
    const runs = await catalogue.runs(model.id);
    const latest = await catalogue.latest(model.id);
    const manifest = runs.find(({ run }) => run === latest) ?? runs[0];
    if (manifest && variablesWithFrames(manifest).length > 0) published.push({ model, manifest, latest });
  }
  const models = published.map(({ model: { id, name } }) => ({ id, name }));
  const begin = wanted ? published.find(({ model }) => model.id === wanted) : published[0];
  if (wanted && !begin) {
    const known = models.map(({ id }) => id).join(", ");
    throw new NotPublishedError(`Nothing of model "${wanted}" is published${known ? `: there is ${known}` : ""}`);
  }
  if (!begin) return null;
  const { model, manifest, latest } = begin;
  const shown = variablesWithFrames(manifest);
  const first = shown[0]!;
  const frame: FrameId = { model: model.id, run: manifest.run, var: first.variable.id, fh: first.frames[0]!.fh };
  const { west, south, east, north } = model.coverage;
  return {
    model: {
      id: model.id,
      name: model.name + (manifest.synthetic ? " (synthetic)" : ""),
      description: model.description,
      attribution: attributionOf(model, manifest.synthetic ?? false),
      coverage: [west, south, east, north],
      native_zoom: nativeZoom(model.grids.display, configuration.tileSizePx),
      latest_run: latest,
      synthetic: manifest.synthetic ?? false,
    },
    run: {
      run: manifest.run,
      cycle_utc: isoSeconds(cycleTime(manifest.run)),
      complete: manifest.complete,
      synthetic: manifest.synthetic ?? false,
      available_frames: first.variable.available_frames,
      expected_frames: first.variable.expected_frames,
    },
    variables: shown.map(({ variable }) => variable),
    frames: first.frames,
    sidecar: await frames.sidecar(frame),
    models,
    regions: REGIONS,
    tileSizePx: configuration.tileSizePx,
    basemap: Object.fromEntries(Object.entries(pageManifest.basemap).map(([name, file]) => [name, assetUrl(file)])),
    basemapStyleUrl: configuration.basemapStyleUrl,
    mapWorker: assetUrl(pageManifest.mapWorker),
  };
}

interface ShownVariable {
  readonly variable: VarsAnswer["vars"][number];
  readonly frames: FramesAnswer["frames"];
}

function variablesWithFrames(manifest: Manifest): ShownVariable[] {
  return Object.entries(manifest.variables)
    .filter(([, { frames }]) => frames.length > 0)
    .map(([id, { frames, ...variable }]) => ({
      variable: { id: id as VarsAnswer["vars"][number]["id"], ...variable },
      frames,
    }));
}

function NothingPublished() {
  return (
    <main class="empty">
      <h1>No forecast is published yet</h1>
      <p>The map appears here as soon as the builder has published a frame.</p>
      <p>
        <code>./twf demo</code>
      </p>
    </main>
  );
}

function document({ html, islands }: RenderedPage, manifest: PageManifest, assetUrl: (name: string) => string): string {
  const scripts = Object.fromEntries(islands.map(({ name }) => [name, assetUrl(manifest.islands[name]!)]));
  const styles = manifest.styles.map((file) => `<link rel="stylesheet" href="${assetUrl(file)}">`).join("");
  const preloads = [...Object.values(scripts), ...(islands.length > 0 ? manifest.lazy.map(assetUrl) : [])].map((url) =>
    `<link rel="modulepreload" href="${url}">`
  ).join("");
  const boot = islands.length === 0
    ? ""
    : `<script type="application/json" id="islands">${
      scriptJson({ scripts, props: islands.map(({ props }) => props) })
    }</script><script type="module" src="${assetUrl(manifest.boot)}"></script>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Weather models</title>` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<meta name="description" content="Forecast maps of weather models, hour by hour">` +
    `<link rel="icon" href="data:,">${styles}${preloads}</head><body>${html}${boot}</body></html>`;
}

/** Everything comes from this server; MapLibre decodes images as blobs, and sets styles on its elements. */
function contentSecurityPolicy(basemapStyleUrl: string | null): string {
  // A style of somebody else's names tiles, sprites and fonts of its own.
  const others = basemapStyleUrl ? " https: http:" : "";
  return `default-src 'self'; script-src 'self'; connect-src 'self'${others}; img-src 'self' data: blob:${others}; ` +
    `style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'`;
}
