import { Hono } from "hono";
import type { TileJson } from "../contract/api.ts";
import { attributionOf, modelGeometry } from "../contract/models.ts";
import { nativeZoom, tileIdSchema } from "../contract/tile.ts";
import { tileTemplate } from "../contract/urls.ts";
import { frameLifetime, ONE_MINUTE } from "../server/http/cache_control.ts";
import { ADDRESS_HEADERS, respondJson } from "../server/http/respond.ts";
import { memoizedParser } from "../server/http/parameters.ts";
import { NotPublishedError } from "../server/errors.ts";
import type { Connection } from "./client.ts";
import type { ServerContext } from "./context.ts";
import { frameParameters, tileQueryIn, versionIn } from "./frame_parameters.ts";
import { answerTile } from "./tile_answer.ts";

/** Routes of a frame's tiles: resolve, read, encode, answer. Nothing here depends on the meaning of a variable. */
export function tileRoutes(context: ServerContext): Hono {
  const routes = new Hono();
  const { catalogue, frames, configuration, hosts } = context;

  // /tiles/v3/hrrr/20260217_06z/tmp2m/3/6/10/22.png
  routes.get("/tiles/v3/:model/:run/:var/:fh/:z/:x/:y{[^/]+\\.png}", async (c) => {
    const { z, x, y, ...frameText } = c.req.param();
    const { v, isEmptyPng } = tileQueryIn(c.req.raw);
    const frame = parseFrame({ ...frameText, v });
    const tile = parseTile({ z, x, y: y.slice(0, -".png".length) });
    return await answerTile(c.req.raw, context, frame, tile, {
      sizePx: configuration.tileSizePx,
      cacheControl: frameLifetime(frame),
      isEmptyPng,
    });
  });

  // /tiles/v3/hrrr/20260217_06z/tmp2m/3/tilejson.json
  routes.get("/tiles/v3/:model/:run/:var/:fh/tilejson.json", async (c) => {
    const frame = parseFrame({ ...c.req.param(), v: versionIn(c.req.raw) });
    const { listed: { v } } = await catalogue.requireFrame(frame);
    const sidecar = await frames.sidecar(frame);
    const geometry = modelGeometry(frame.model);
    if (!geometry) throw NotPublishedError.frame(frame);
    const { west, south, east, north } = geometry.coverage;
    const tileJson: TileJson = {
      tilejson: "3.0.0",
      name: `${geometry.name} ${sidecar.name}, valid ${sidecar.valid_time}`,
      description:
        "Outside the bounds tiles are 204 (no content); with empty=png in the query they are clear pictures.",
      attribution: attributionOf(geometry, sidecar.source.synthetic ?? false),
      scheme: "xyz",
      tiles: [hosts.baseFor(c.req.raw, c.env as Connection | undefined) + tileTemplate({ ...frame, v })],
      minzoom: 0,
      maxzoom: nativeZoom(geometry.grid, configuration.tileSizePx),
      bounds: [west, south, east, north],
      tileSize: configuration.tileSizePx,
    };
    // Not immutable: the answer also depends on the server's settings, and it names tiles, which must outlast it.
    return respondJson(c.req.raw, tileJson, { cacheControl: ONE_MINUTE, variesBy: ADDRESS_HEADERS });
  });

  return routes;
}

const parseFrame = memoizedParser(frameParameters, ["model", "run", "var", "fh", "v"]);
const parseTile = memoizedParser(tileIdSchema, ["z", "x", "y"]);
