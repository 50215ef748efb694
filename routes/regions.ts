import { Hono } from "hono";
import { ONE_HOUR } from "../server/http/cache_control.ts";
import { respondJson } from "../server/http/respond.ts";
import { REGIONS } from "../server/regions.ts";
import { requireNoQuery } from "./frame_parameters.ts";

/** Route of the view presets. */
export function regionRoutes(): Hono {
  return new Hono().get("/api/regions", (c) => {
    requireNoQuery(c.req.raw);
    return respondJson(c.req.raw, REGIONS, { cacheControl: ONE_HOUR });
  });
}
