import { Hono } from "hono";
import { IMMUTABLE } from "../server/http/cache_control.ts";
import { isNotModified, notModified } from "../server/http/conditional.ts";
import { NotPublishedError } from "../server/errors.ts";
import type { ServerContext } from "./context.ts";

/** Scripts, styles and basemap of the page. Names hold a hash of the content, so they never change. */
export function assetRoutes({ page }: ServerContext): Hono {
  const routes = new Hono();

  // /models-v3/assets/boot-3F2K1A.js
  routes.get("/models-v3/assets/:name", (c) => {
    const { name } = c.req.param();
    const file = page.file(name);
    if (file === null) throw new NotPublishedError("There is no such asset");
    const isGzipped = acceptsGzip(c.req.header("accept-encoding") ?? "");
    // Two representations, two strong ETags.
    const etag = isGzipped ? file.etag.replace(/"$/, '-gz"') : file.etag;
    if (isNotModified(c.req.raw, etag)) return notModified({ etag, cacheControl: IMMUTABLE });
    const body = isGzipped ? file.gzipped : file.bytes;
    return new Response(body, {
      headers: {
        "content-type": file.mediaType,
        "content-length": String(body.length),
        "cache-control": IMMUTABLE,
        etag,
        vary: "accept-encoding",
        ...(isGzipped ? { "content-encoding": "gzip" } : {}),
      },
    });
  });

  return routes;
}

/** @see RFC 9110, section 12.5.3; a weight of 0 refuses */
function acceptsGzip(header: string): boolean {
  return header.split(",").some((coding) => /^\s*gzip\s*(;\s*q=(0\.0*[1-9][0-9]*|1(\.0*)?))?\s*$/.test(coding));
}
