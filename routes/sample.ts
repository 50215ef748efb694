import { Hono } from "hono";
import {
  sampleFormSchema,
  sampleFrameSchema,
  samplePointSchema,
  samplesRequestSchema,
  seriesFormSchema,
  seriesTargetSchema,
} from "../contract/api.ts";
import { manifestVariable } from "../contract/manifest.ts";
import { NEVER, SHORT_LIVED } from "../server/http/cache_control.ts";
import { respondJson, respondText } from "../server/http/respond.ts";
import { readJsonBody } from "../server/http/json_body.ts";
import { memoizedParser, parseParameters, singleValues } from "../server/http/parameters.ts";
import { sample, sampleOrNull, samples } from "../server/values/sample.ts";
import { series } from "../server/values/series.ts";
import { seriesCsv } from "../server/values/series_csv.ts";
import type { Connection } from "./client.ts";
import type { ServerContext } from "./context.ts";

const POINT = ["lat", "lon"];
/** All parameters of a sample except the point, which differs in each request. */
const OF_A_SAMPLE = ["model", "run", "var", "fh", "empty", "z"];
const parseSample = memoizedParser(sampleFrameSchema.extend(sampleFormSchema.shape), OF_A_SAMPLE);
const KNOWN_OF_A_SAMPLE = [...OF_A_SAMPLE, ...POINT];

/**
 * Hours of a series that cost as much as one single point (docs/PERFORMANCE.md: 5 ms for 49 hours, 0.7 ms for a point).
 */
const HOURS_PER_POINT = 7;

/** Routes of values: at one point or many, for one hour or all hours. */
export function sampleRoutes({ catalogue, configuration: { tileSizePx }, frames, limits }: ServerContext): Hono {
  const routes = new Hono();
  const mapOf = (zoom: number | undefined) => zoom === undefined ? null : { zoom, tileSizePx };

  // /api/v3/sample?model=hrrr&run=20260217_06z&var=tmp2m&fh=3&lat=45.52&lon=-122.68
  routes.get("/api/v3/sample", async (c) => {
    limits.take(c.req.raw, c.env as Connection | undefined, 1);
    const query = singleValues(c.req.queries(), KNOWN_OF_A_SAMPLE);
    const { model, run, var: variable, fh: lead, empty, z } = parseSample(query);
    const { lat, lon } = parseParameters(samplePointSchema, query);
    const frame = { model, run: await catalogue.resolveRun(model, run), var: variable, lead };
    const point = { latDeg: lat, lonDeg: lon };
    if (empty === "null") {
      return respondJson(c.req.raw, await sampleOrNull(frames, frame, point, mapOf(z)), { cacheControl: SHORT_LIVED });
    }
    const answer = await sample(frames, frame, point, mapOf(z));
    if (answer === null) return new Response(null, { status: 204, headers: { "cache-control": SHORT_LIVED } });
    return respondJson(c.req.raw, answer, { cacheControl: SHORT_LIVED });
  });

  // POST {"model": "hrrr", "run": "latest", "var": "tmp2m", "fh": 3, "points": [{"lat": 45.52, "lon": -122.68}]}
  routes.post("/api/v3/sample", async (c) => {
    const { model, run, var: variable, fh: lead, points, z } = await readJsonBody(c.req.raw, samplesRequestSchema);
    limits.take(c.req.raw, c.env as Connection | undefined, points.length);
    const frame = { model, run: await catalogue.resolveRun(model, run), var: variable, lead };
    const places = points.map(({ lat, lon }) => ({ latDeg: lat, lonDeg: lon }));
    const answer = await samples(frames, frame, places, mapOf(z));
    return respondJson(c.req.raw, answer, { cacheControl: NEVER });
  });

  // /api/v3/series?model=hrrr&run=latest&var=tmp2m,apcp&lat=45.52&lon=-122.68
  routes.get("/api/v3/series", async (c) => {
    const query = singleValues(c.req.queries(), ["model", "run", "var", ...POINT, "format"]);
    const { format } = parseParameters(seriesFormSchema, query);
    const { model, run, var: variables } = parseParameters(seriesTargetSchema, query);
    const { lat, lon } = parseParameters(samplePointSchema, query);
    const manifest = await catalogue.manifest(model, await catalogue.resolveRun(model, run));
    const hours = variables.reduce((sum, id) => sum + (manifestVariable(manifest, id)?.frames.length ?? 0), 0);
    limits.take(c.req.raw, c.env as Connection | undefined, Math.ceil(hours / HOURS_PER_POINT));
    const answer = await series(manifest, frames, { variables, point: { latDeg: lat, lonDeg: lon } });
    if (format !== "csv") return respondJson(c.req.raw, answer, { cacheControl: SHORT_LIVED });
    return respondText(c.req.raw, seriesCsv(answer), "text/csv; charset=utf-8", {
      cacheControl: SHORT_LIVED,
      headers: { "content-disposition": `inline; filename="${answer.model}_${answer.run}_series.csv"` },
    });
  });

  return routes;
}
