import { type Context, Hono } from "hono";
import { API_ROOT, COGS_ROOT, EVENTS_URL, MODELS_URL, PAGE_URL, REGIONS_URL, WMTS_ROOT } from "../contract/urls.ts";
import { CONTRACT_VERSION } from "../contract/version.ts";
import { ONE_HOUR } from "../server/http/cache_control.ts";
import { PlainBody } from "../server/http/encoded_body.ts";
import { ADDRESS_HEADERS, respond, respondJson, respondText } from "../server/http/respond.ts";
import type { Connection } from "./client.ts";
import type { ServerContext } from "./context.ts";

/** Rules for crawlers, which have no use for images and numbers that change within the hour. */
const ROBOTS = `User-agent: *
Allow: ${PAGE_URL}
Disallow: /api/
Disallow: /cog/
Disallow: /tiles/
Disallow: /wmts/
`;

/** Routes of the entry points: the landing document, and the files that browsers and crawlers request by themselves. */
export function landingRoutes({ configuration, hosts, page, pageManifest }: ServerContext): Hono {
  const routes = new Hono();

  function answerLanding(c: Context): Response {
    const base = hosts.baseFor(c.req.raw, c.env as Connection | undefined);
    const link = (rel: string, path: string, title: string, type = "application/json") => ({
      rel,
      href: base + path,
      title,
      type,
    });
    const landing = {
      title: configuration.appName,
      description: "Forecast maps of weather models: tiles, values, and what is published",
      contract_version: CONTRACT_VERSION,
      links: [
        link("alternate", PAGE_URL, "The map", "text/html"),
        link("service-desc", `${API_ROOT}/openapi.json`, "The API", "application/vnd.oai.openapi+json;version=3.1"),
        link("service-doc", `${API_ROOT}/docs`, "API documentation", "text/html"),
        link("data", MODELS_URL, "Models with published runs"),
        link("related", REGIONS_URL, "View presets"),
        link("related", EVENTS_URL, "Events: new hours, new runs", "text/event-stream"),
        link("related", `${WMTS_ROOT}/1.0.0/WMTSCapabilities.xml`, "WMTS", "application/xml"),
        link("related", `${COGS_ROOT}/`, "Cloud Optimized GeoTIFFs, in folders", "text/html"),
      ],
    };
    const variesBy = [...ADDRESS_HEADERS, "accept"];
    return respondJson(c.req.raw, landing, { cacheControl: ONE_HOUR, variesBy });
  }

  for (const path of [API_ROOT, `${API_ROOT}/`]) routes.get(path, answerLanding);

  // A browser gets the map, a program the landing document.
  routes.get("/", (c) => {
    if (/\bjson\b/i.test(c.req.header("accept") ?? "")) return answerLanding(c);
    const base = hosts.baseFor(c.req.raw, c.env as Connection | undefined);
    const vary = [...ADDRESS_HEADERS, "accept"].join(", ");
    return new Response(null, { status: 302, headers: { location: new URL(base + PAGE_URL).pathname, vary } });
  });

  routes.get("/favicon.ico", (c) => {
    const icon = page.file(pageManifest.icon)!.body;
    return respond(c.req.raw, new PlainBody(icon.bytes, icon.mediaType), { cacheControl: ONE_HOUR });
  });

  routes.get(
    "/robots.txt",
    (c) => respondText(c.req.raw, ROBOTS, "text/plain; charset=utf-8", { cacheControl: ONE_HOUR }),
  );

  return routes;
}
