import { Hono } from "hono";
import { contourKeySchema } from "../contract/contours.ts";
import { downloadName } from "../contract/paths.ts";
import { frameLifetime, SHORT_LIVED } from "../server/http/cache_control.ts";
import { httpDate } from "../server/http/conditional.ts";
import { respond } from "../server/http/respond.ts";
import { parseParameters } from "../server/http/parameters.ts";
import type { Connection } from "./client.ts";
import type { ServerContext } from "./context.ts";
import { frameOrLatestParameters, versionIn } from "./frame_parameters.ts";

const contourParameters = frameOrLatestParameters.extend({ key: contourKeySchema });

/** Cost in points of a set of contours that is not in memory. */
const POINTS_PER_SET = 10;

/** Routes of contours, as GeoJSON. */
export function contourRoutes({ catalogue, contours, limits }: ServerContext): Hono {
  const routes = new Hono();

  // /api/v3/hrrr/20260217_06z/tmp2m/3/contours/iso32f, or iso32f.geojson for programs that need a file extension
  routes.get("/api/v3/:model/:run/:var/:fh/contours/:key", async (c) => {
    const { model, run, var: id, fh: lead, v, key } = parseParameters(contourParameters, {
      ...c.req.param(),
      key: c.req.param("key").replace(/\.geojson$/, ""),
      v: versionIn(c.req.raw),
    });
    limits.take(c.req.raw, c.env as Connection | undefined, POINTS_PER_SET);
    const frame = { model, run: await catalogue.resolveRun(model, run), var: id, lead, v };
    const { body, builtAt } = await contours.read(frame, key);
    return respond(c.req.raw, body, {
      cacheControl: run === "latest" ? SHORT_LIVED : frameLifetime(frame),
      lastModified: httpDate(builtAt),
      hasRanges: true,
      headers: { "content-disposition": `inline; filename="${downloadName(frame, `${key}.geojson`)}"` },
    });
  });

  return routes;
}
