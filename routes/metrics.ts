import { Hono } from "hono";
import { NEVER } from "../server/http/cache_control.ts";
import type { ServerContext } from "./context.ts";

/** Route of the metrics, for a Prometheus on this machine; a proxy in front hides them from the public. */
export function metricsRoutes({ metrics }: ServerContext): Hono {
  const routes = new Hono();
  routes.get(
    "/metrics",
    async () =>
      new Response(await metrics.text(), { headers: { "content-type": metrics.contentType, "cache-control": NEVER } }),
  );
  return routes;
}

/** Families of URLs, for labels: the number of labels must stay small for any requests. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^\/tiles\/v3\/.*\.png$/, "tile"],
  [/^\/tiles\/v3\//, "tilejson"],
  [/^\/api\/v3\/sample$/, "sample"],
  [/^\/api\/v3\/series$/, "series"],
  [/^\/cog\/v3\//, "cog"],
  [/^\/wmts\/v3(\/|$)/, "wmts"],
  [/^\/api\/v3\/events$/, "events"],
  [/^\/api\/v3\/.*\/contours\/[^/]*$/, "contours"],
  [/^\/api\//, "discovery"],
  [/^\/models-v3\/assets\//, "asset"],
  [/^\/models-v3$/, "page"],
  [/^\/(livez|readyz|health|metrics)$/, "probe"],
];

export function routeFamily(path: string): string {
  return FAMILIES.find(([pattern]) => pattern.test(path))?.[1] ?? "other";
}
