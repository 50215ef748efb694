import { Hono } from "hono";
import { sampleFrameSchema, samplePointSchema } from "../contract/api.ts";
import { SHORT_LIVED } from "../server/http/cache_control.ts";
import { jsonAnswer } from "../server/http/conditional.ts";
import { parseParameters, rememberingParser, singleValues } from "../server/http/parameters.ts";
import { sample } from "../server/sample.ts";
import type { ServerContext } from "./context.ts";

const parseFrame = rememberingParser(sampleFrameSchema, ["model", "run", "var", "fh"]);

/** The value under a point. */
export function sampleRoutes({ catalogue, frames }: ServerContext): Hono {
  const routes = new Hono();

  // /api/v3/sample?model=hrrr&run=20260217_06z&var=tmp2m&fh=3&lat=45.52&lon=-122.68
  routes.get("/api/v3/sample", async (c) => {
    const query = singleValues(c.req.queries());
    const { model, run, var: variable, fh } = parseFrame(query);
    const { lat, lon } = parseParameters(samplePointSchema, query);
    const frame = { model, run: await catalogue.resolveRun(model, run), var: variable, fh };
    const answer = await sample(frames, frame, { latDeg: lat, lonDeg: lon });
    if (answer === null) return new Response(null, { status: 204, headers: { "cache-control": SHORT_LIVED } });
    return jsonAnswer(c.req.raw, answer, SHORT_LIVED);
  });

  return routes;
}
