import { Hono } from "hono";
import { NotPublishedError } from "../server/errors.ts";
import { IMMUTABLE } from "../server/http/cache_control.ts";
import { respond } from "../server/http/respond.ts";
import type { ServerContext } from "./context.ts";

/** Routes of the page's scripts, styles and basemap. Names hold a hash of the content, so the files never change. */
export function assetRoutes({ page }: ServerContext): Hono {
  const routes = new Hono();

  // /models-v3/assets/boot-3F2K1A.js
  routes.get("/models-v3/assets/:name", (c) => {
    const file = page.file(c.req.param("name"));
    if (file === null) throw new NotPublishedError(`There is no asset "${c.req.param("name")}"`);
    return respond(c.req.raw, file.body, {
      cacheControl: IMMUTABLE,
      lastModified: file.lastModified,
      hasRanges: true,
    });
  });

  return routes;
}
