import { Hono } from "hono";
import { z } from "zod";
import {
  cycleTime,
  type FrameId,
  isoSeconds,
  type ModelId,
  modelIdSchema,
  type RunId,
  runIdOf,
  varIdSchema,
} from "../contract/identity.ts";
import { type Manifest, manifestVariable } from "../contract/manifest.ts";
import { knownModels, modelGeometry } from "../contract/models.ts";
import { MAX_ZOOM, tileIdSchema } from "../contract/tile.ts";
import { frameLifetime, SHORT_LIVED } from "../server/http/cache_control.ts";
import { OF_ADDRESS, textAnswer } from "../server/http/conditional.ts";
import { parseParameters } from "../server/http/parameters.ts";
import { BadParameterError, NotPublishedError } from "../server/errors.ts";
import { capabilities, MATRIX_SETS, type WmtsLayer } from "../server/wmts/capabilities.ts";
import type { Connection } from "./client.ts";
import type { ServerContext } from "./context.ts";
import { answerTile } from "./tile_answer.ts";

const ROOT = "/wmts/v3";

/**
 * OGC WMTS 1.0.0 over the same tiles: layers `{model}_{var}`, dimensions `reference_time` (the run) and `time` (the valid
 * time), in the matrix sets WebMercatorQuad (256 px) and WebMercatorQuadx2 (512 px).
 */
export function wmtsRoutes(context: ServerContext): Hono {
  const routes = new Hono();
  const { catalogue } = context;

  async function runsWithFrames(model: ModelId): Promise<Manifest[]> {
    return (await catalogue.runs(model)).filter(({ variables }) => Object.keys(variables).length > 0);
  }

  /** What `default` stands for: the run readers see first, or the newest before there is one. */
  async function defaultRun(model: ModelId, runs: readonly Manifest[]): Promise<Manifest | undefined> {
    const latest = await catalogue.latest(model);
    return runs.find(({ run }) => run === latest) ?? runs[0];
  }

  async function answerCapabilities(request: Request, connection: Connection | undefined): Promise<Response> {
    const layers: WmtsLayer[] = [];
    for (const model of knownModels()) {
      const runs = await runsWithFrames(model.id);
      const first = await defaultRun(model.id, runs);
      if (first) layers.push(...layersOf(first, runs.map(({ run }) => run)));
    }
    const text = capabilities(layers, context.hosts.originFor(request, connection) + ROOT);
    const headers = { "content-type": "application/xml", "cache-control": SHORT_LIVED };
    return textAnswer(request, text, headers, OF_ADDRESS);
  }

  /** @param raw as in the URL, whichever way it was given */
  async function answerGetTile(request: Request, raw: Readonly<Record<string, string | undefined>>): Promise<Response> {
    const { layer, tilematrixset, tilematrix, tilerow, tilecol, time, reference_time } = parseParameters(
      tileSchema,
      raw,
    );
    const tile = parseParameters(tileIdSchema, { z: tilematrix, x: tilecol, y: tilerow });
    const model = modelIdSchema.parse(layer.slice(0, layer.indexOf("_")));
    const isDefault = reference_time === "default" || reference_time === undefined;
    const run = isDefault ? (await defaultRun(model, await runsWithFrames(model)))?.run : runOfTime(reference_time);
    if (run === undefined) throw new NotPublishedError(`Model ${model} has no run yet`);
    const id = varIdSchema.parse(layer.slice(layer.indexOf("_") + 1));
    const manifest = await catalogue.manifest(model, run);
    const frames = manifestVariable(manifest, id)?.frames ?? [];
    const frame = time === "default" || time === undefined
      ? frames[0]
      : frames.find(({ valid_time }) => valid_time === isoSeconds(new Date(time)));
    if (!frame) throw new NotPublishedError(`Run ${run} of ${model} has no frame of "${id}" at ${time ?? "any time"}`);
    const frameId: FrameId = { model, run, var: id, fh: frame.fh };
    const isMoving = [time, reference_time].some((each) => each === undefined || each === "default");
    return await answerTile(request, context, frameId, tile, {
      sizePx: MATRIX_SETS[tilematrixset].tileSizePx,
      cacheControl: isMoving ? SHORT_LIVED : frameLifetime(frameId),
    });
  }

  // Key-value pairs, whose names WMTS takes in any case.
  routes.get(ROOT, async (c) => {
    const raw = Object.fromEntries(Object.entries(c.req.query()).map(([name, value]) => [name.toLowerCase(), value]));
    const { request } = parseParameters(requestSchema, { request: "GetCapabilities", ...raw });
    return request === "GetTile"
      ? await answerGetTile(c.req.raw, raw)
      : await answerCapabilities(c.req.raw, c.env as Connection | undefined);
  });

  routes.get(
    `${ROOT}/1.0.0/WMTSCapabilities.xml`,
    (c) => answerCapabilities(c.req.raw, c.env as Connection | undefined),
  );

  // /wmts/v3/hrrr_tmp2m/2026-02-17T06:00:00Z/2026-02-17T09:00:00Z/WebMercatorQuad/5/12/7.png
  routes.get(`${ROOT}/:layer/:reference_time/:time/:tilematrixset/:tilematrix/:tilerow/:file{[^/]+\\.png}`, (c) => {
    const { file, ...raw } = c.req.param();
    return answerGetTile(c.req.raw, { ...raw, tilecol: file.slice(0, -".png".length) });
  });

  return routes;
}

const timeSchema = z.union([z.literal("default"), z.iso.datetime()], {
  error: "expected an ISO 8601 time in UTC, or default",
});

const requestSchema = z.object({
  request: z.enum(["GetCapabilities", "GetTile"], { error: "expected GetCapabilities or GetTile" }),
});

const tileSchema = z.object({
  layer: z.string().regex(/^[a-z][a-z0-9]{1,15}_[a-z][a-z0-9_]{1,31}$/, "expected a layer: a model, _ and a variable"),
  tilematrixset: z.enum(["WebMercatorQuad", "WebMercatorQuadx2"], {
    error: "expected WebMercatorQuad or WebMercatorQuadx2",
  }),
  tilematrix: z.string(),
  tilerow: z.string(),
  tilecol: z.string(),
  time: timeSchema.optional(),
  reference_time: timeSchema.optional(),
});

function runOfTime(time: string): RunId {
  try {
    return runIdOf(new Date(time));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BadParameterError("reference_time", time, "expected a cycle, which is a whole hour");
  }
}

function layersOf({ model, run, variables }: Manifest, runs: readonly RunId[]): WmtsLayer[] {
  const { name: modelName, coverage } = modelGeometry(model)!;
  return Object.entries(variables).filter(([, { frames }]) => frames.length > 0).map(([id, { name, frames }]) => ({
    id: `${model}_${id}`,
    title: `${modelName} ${name}`,
    coverage,
    referenceTimes: runs.map((each) => isoSeconds(cycleTime(each))),
    defaultReferenceTime: isoSeconds(cycleTime(run)),
    times: frames.map(({ valid_time }) => valid_time),
    maxZoom: MAX_ZOOM,
    // The sidecar of the first frame tells the legend.
    sidecarPath: `/api/v3/${model}/${run}/${id}/${frames[0]!.fh}`,
  }));
}
