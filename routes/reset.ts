import { Hono } from "hono";
import { RESET_URL } from "../contract/urls.ts";
import { NotPublishedError } from "../server/errors.ts";
import { NEVER } from "../server/http/cache_control.ts";
import { clearCompressedTexts } from "../server/http/encoded_body.ts";
import { type Connection, isFromThisMachine } from "./client.ts";
import type { ServerContext } from "./context.ts";

/**
 * Route that resets caches and counters to the state after a start, for measurements. The route exists only when the
 * configuration allows it, and only for programs on this machine; other clients get the answer of an unknown address.
 */
export function resetRoutes({ configuration, frames, contours, tiles, metrics }: ServerContext): Hono {
  const routes = new Hono();
  if (!configuration.allowReset) return routes;

  routes.post(RESET_URL, (c) => {
    if (!isFromThisMachine(c.req.raw, c.env as Connection | undefined)) {
      throw new NotPublishedError(`There is nothing at ${RESET_URL}`);
    }
    tiles.clear();
    frames.clear();
    contours.clear();
    clearCompressedTexts();
    metrics.clear();
    return new Response(null, { status: 204, headers: { "cache-control": NEVER } });
  });

  return routes;
}
