import { Hono } from "hono";
import { IMMUTABLE } from "../server/http/cache_control.ts";
import { isNotModified, notModified } from "../server/http/conditional.ts";
import { NotPublishedError } from "../server/errors.ts";
import type { ServerContext } from "./context.ts";

/** Scripts, styles and basemap of the page. Names hold a hash of the content, so they never change. */
export function assetRoutes({ page }: ServerContext): Hono {
  const routes = new Hono();

  // /models-v3/assets/boot-3F2K1A.js
  routes.get("/models-v3/assets/:name", async (c) => {
    const { name } = c.req.param();
    const file = await page.file(name);
    if (file === null) throw new NotPublishedError("There is no such asset");
    if (isNotModified(c.req.raw, file.etag)) return notModified({ etag: file.etag, cacheControl: IMMUTABLE });
    const isGzipAccepted = /\bgzip\b/.test(c.req.header("accept-encoding") ?? "");
    return new Response(isGzipAccepted ? file.gzipped : file.bytes, {
      headers: {
        "content-type": file.mediaType,
        "cache-control": IMMUTABLE,
        etag: file.etag,
        vary: "accept-encoding",
        ...(isGzipAccepted ? { "content-encoding": "gzip" } : {}),
      },
    });
  });

  return routes;
}
