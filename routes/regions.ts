import { Hono } from "hono";
import { ONE_HOUR } from "../server/http/cache_control.ts";
import { jsonAnswer } from "../server/http/conditional.ts";
import { REGIONS } from "../server/regions.ts";

/** View presets. */
export function regionRoutes(): Hono {
  return new Hono().get("/api/regions", (c) => jsonAnswer(c.req.raw, REGIONS, ONE_HOUR));
}
