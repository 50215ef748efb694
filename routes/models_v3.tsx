import { Hono } from "hono";
import { PAGE_URL } from "../contract/urls.ts";
import ModelsViewer from "../islands/ModelsViewer.tsx";
import type { PageManifest } from "../islands/page_manifest.ts";
import { siteUrl } from "../islands/viewer/requests/site_url.ts";
import { parsePermalink } from "./parse_permalink.ts";
import { REVALIDATE } from "../server/http/cache_control.ts";
import { respondText } from "../server/http/respond.ts";
import type { ServerContext } from "./context.ts";
import { registerIsland, type RenderedPage, renderPage, scriptJson } from "./islands.tsx";
import { viewerProps } from "./viewer_props.ts";

registerIsland("ModelsViewer", ModelsViewer);

/** Routes of the map page. */
export function pageRoutes(context: ServerContext): Hono {
  const routes = new Hono();
  // Relative to the page, so that a proxy may put it under any path.
  const assetUrl = (name: string) => siteUrl(`${PAGE_URL}/assets/${name}`);

  routes.get(PAGE_URL, async (c) => {
    const props = await viewerProps(context, parsePermalink(new URL(c.req.url).search), assetUrl);
    const rendered = renderPage(() => props ? <ModelsViewer {...props} /> : <NothingPublished />);
    const body = document(rendered, context.pageManifest, assetUrl);
    return respondText(c.req.raw, body, "text/html; charset=utf-8", {
      cacheControl: REVALIDATE,
      headers: {
        "content-security-policy": contentSecurityPolicy(context.configuration.basemapStyleUrl),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
      },
    });
  });

  routes.get(`${PAGE_URL}/`, (c) => c.redirect(`..${PAGE_URL}`));

  return routes;
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
  const early = islands.length > 0 ? manifest.preloads : [];
  const preloads = early.map((file) => `<link rel="modulepreload" href="${assetUrl(file)}">`).join("");
  const boot = islands.length === 0
    ? ""
    : `<script type="application/json" id="islands">${
      scriptJson({ scripts, props: islands.map(({ props }) => props) })
    }</script><script type="module" src="${assetUrl(manifest.boot)}"></script>`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Weather models</title>` +
    `<meta name="viewport" content="width=device-width, initial-scale=1">` +
    `<meta name="description" content="Forecast maps of weather models, hour by hour">` +
    `<link rel="icon" href="${
      assetUrl(manifest.icon)
    }" type="image/svg+xml">${styles}${preloads}</head><body>${html}${boot}</body></html>`;
}

/** The content security policy. All files come from this server; MapLibre uses blobs as images, and inline styles. */
function contentSecurityPolicy(basemapStyleUrl: string | null): string {
  // A foreign style names its own tiles, sprites and fonts.
  const others = basemapStyleUrl ? " https: http:" : "";
  return `default-src 'self'; script-src 'self'; connect-src 'self'${others}; img-src 'self' data: blob:${others}; ` +
    `style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'self'`;
}
