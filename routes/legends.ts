import { Hono } from "hono";
import { frameLifetime, SHORT_LIVED } from "../server/http/cache_control.ts";
import { httpDate } from "../server/http/conditional.ts";
import { PlainBody } from "../server/http/encoded_body.ts";
import { parseParameters } from "../server/http/parameters.ts";
import { respond } from "../server/http/respond.ts";
import type { ServerContext } from "./context.ts";
import { frameOrLatestParameters, versionIn } from "./frame_parameters.ts";

/** Routes of the legend of a frame as an image, for maps of other programs. */
export function legendRoutes({ catalogue, frames, legends }: ServerContext): Hono {
  const routes = new Hono();

  // /api/v3/hrrr/20260217_06z/tmp2m/3/legend.png
  routes.get("/api/v3/:model/:run/:var/:fh/legend.png", async (c) => {
    const raw = { ...c.req.param(), v: versionIn(c.req.raw) };
    const { model, run, var: id, fh: lead, v } = parseParameters(frameOrLatestParameters, raw);
    const frame = { model, run: await catalogue.resolveRun(model, run), var: id, lead, v };
    const sidecar = await frames.sidecar(frame);
    return respond(c.req.raw, new PlainBody(await legends.png(sidecar), "image/png"), {
      cacheControl: run === "latest" ? SHORT_LIVED : frameLifetime(frame),
      lastModified: httpDate(sidecar.built_at),
    });
  });

  return routes;
}
