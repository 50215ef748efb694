import { type Context, Hono } from "hono";
import { WMTS_ROOT } from "../contract/urls.ts";
import { ONE_MINUTE, SHORT_LIVED } from "../server/http/cache_control.ts";
import { ADDRESS_HEADERS, respondText } from "../server/http/respond.ts";
import { capabilities } from "../server/standards/wmts/capabilities.ts";
import { exceptionReport, OwsError } from "../server/standards/wmts/exception_report.ts";
import { featureInfo, featureInfoText, pixelCentre } from "../server/standards/wmts/feature_info.ts";
import { type DimensionValue, frameOf, publishedLayer, publishedLayers } from "../server/standards/wmts/layers.ts";
import { MATRIX_SETS } from "../server/standards/wmts/matrix_sets.ts";
import {
  keyValuePairs,
  operationOf,
  parsePixelParameters,
  parseTileParameters,
  type RawParameters,
} from "../server/standards/wmts/parameters.ts";
import type { Connection } from "./client.ts";
import type { ServerContext } from "./context.ts";
import { noteFailure } from "./note_failure.ts";
import { answerTile } from "./tile_answer.ts";

/**
 * Routes of OGC WMTS 1.0.0 over the same tiles: layers `{model}_{var}`, dimensions `reference_time` (the run) and
 * `time` (the valid time), in the matrix sets WebMercatorQuad (256 px) and WebMercatorQuadx2 (512 px).
 */
export function wmtsRoutes(context: ServerContext): Hono {
  const routes = new Hono();
  const { catalogue, configuration, frames, hosts, limits } = context;

  async function answerCapabilities(c: Context): Promise<Response> {
    const layers = await publishedLayers(catalogue);
    const base = hosts.baseFor(c.req.raw, c.env as Connection | undefined);
    const text = capabilities(layers, base, { provider: configuration.appName });
    return respondText(c.req.raw, text, "application/xml", { cacheControl: SHORT_LIVED, variesBy: ADDRESS_HEADERS });
  }

  async function answerTileRequest(c: Context, raw: RawParameters): Promise<Response> {
    const { layer, tile, tilematrixset, time, reference_time } = parseTileParameters(raw);
    const frame = await frameAt(layer, reference_time, time);
    return await answerTile(c.req.raw, context, frame, tile, {
      sizePx: MATRIX_SETS[tilematrixset].tileSizePx,
      cacheControl: lifetime(time, reference_time),
      isEmptyPng: true,
    });
  }

  async function answerFeatureInfo(c: Context, raw: RawParameters): Promise<Response> {
    const { layer, tile, tilematrixset, time, reference_time } = parseTileParameters(raw);
    const { tileSizePx } = MATRIX_SETS[tilematrixset];
    const { i, j, infoFormat } = parsePixelParameters(raw, tileSizePx);
    limits.take(c.req.raw, c.env as Connection | undefined, 1);
    const frame = await frameAt(layer, reference_time, time);
    const point = pixelCentre(tile, tileSizePx, { i, j });
    const info = await featureInfo(frames, frame, point, { zoom: tile.z, tileSizePx });
    const text = infoFormat === "text/plain" ? featureInfoText(info) : JSON.stringify(info);
    return respondText(c.req.raw, text, infoFormat, { cacheControl: SHORT_LIVED });
  }

  async function frameAt(layerId: string, referenceTime: DimensionValue, time: DimensionValue) {
    return frameOf(await publishedLayer(catalogue, layerId), { referenceTime, time, now: new Date() });
  }

  // Key-value pairs (KVP encoding).
  for (const path of [WMTS_ROOT, `${WMTS_ROOT}/`]) {
    routes.get(path, (c) => {
      const raw = keyValuePairs(c.req.queries());
      const operation = operationOf(raw);
      if (operation === "GetTile") return answerTileRequest(c, raw);
      return operation === "GetFeatureInfo" ? answerFeatureInfo(c, raw) : answerCapabilities(c);
    });
  }

  routes.get(`${WMTS_ROOT}/1.0.0/WMTSCapabilities.xml`, answerCapabilities);

  // /wmts/v3/hrrr_tmp2m/default/2026-02-17T06:00:00Z/2026-02-17T09:00:00Z/WebMercatorQuad/5/12/7.png
  for (const style of ["/:style", ""]) { // older addresses had no style
    const tile = `${WMTS_ROOT}/:layer${style}/:reference_time/:time/:tilematrixset/:tilematrix/:tilerow`;
    routes.get(`${tile}/:file{[^/]+\\.png}`, (c) => {
      const { file, ...raw } = c.req.param();
      return answerTileRequest(c, { ...raw, tilecol: withoutSuffix(file) });
    });
    routes.get(`${tile}/:tilecol/:j/:file{[^/]+\\.(?:json|txt)}`, (c) => {
      const { file, ...raw } = c.req.param();
      const infoformat = file.endsWith(".txt") ? "text/plain" : "application/json";
      return answerFeatureInfo(c, { ...raw, i: withoutSuffix(file), infoformat });
    });
  }

  routes.onError((error, c) => {
    if (!(error instanceof OwsError)) noteFailure(context, c.req.url, error);
    return exceptionReport(error);
  });

  return routes;
}

/** The lifetime of an answer: the meaning of a default moves with the runs, and a frame may be built again. */
function lifetime(...dimensions: readonly DimensionValue[]): string {
  return dimensions.every((value) => value instanceof Date) ? ONE_MINUTE : SHORT_LIVED;
}

function withoutSuffix(file: string): string {
  return file.slice(0, file.lastIndexOf("."));
}
