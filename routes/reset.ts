import { Hono } from "hono";
import { RESET_URL } from "../contract/urls.ts";
import { NotPublishedError } from "../server/errors.ts";
import { NEVER } from "../server/http/cache_control.ts";
import { clearCompressedTexts } from "../server/http/encoded_body.ts";
import { type Connection, isFromThisMachine } from "./client.ts";
import type { ServerContext } from "./context.ts";

/**
 * For measurements: caches and counters as after a start. It is there only where the configuration asks for it, and only
 * for programs of this machine; to everybody else it is an address like any that does not exist.
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
