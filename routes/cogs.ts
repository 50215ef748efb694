import { Hono } from "hono";
import { ARTIFACT_SUFFIX, downloadName } from "../contract/paths.ts";
import { COG_FILES } from "../contract/urls.ts";
import { frameLifetime } from "../server/http/cache_control.ts";
import { conditionalAnswer, httpDate, validatorHeaders } from "../server/http/conditional.ts";
import { memoizedParser } from "../server/http/parameters.ts";
import { contentRange, parseRange, unsatisfiable } from "../server/http/range.ts";
import { NotPublishedError } from "../server/errors.ts";
import type { ServerContext } from "./context.ts";
import { frameParameters, versionIn } from "./frame_parameters.ts";

const MEDIA_TYPE = "image/tiff; application=geotiff; profile=cloud-optimized";
const parseFrame = memoizedParser(frameParameters, ["model", "run", "var", "fh", "v"]);

/** Routes of the published COGs, by byte ranges: for GDAL's /vsicurl, QGIS and geotiff.js. */
export function cogRoutes({ frames }: ServerContext): Hono {
  const routes = new Hono();

  // /cog/v3/hrrr/20260217_06z/tmp2m/3/val.cog.tif
  routes.get("/cog/v3/:model/:run/:var/:fh/:file", async (c) => {
    const { file, ...frameText } = c.req.param();
    const frame = parseFrame({ ...frameText, v: versionIn(c.req.raw) });
    const kind = Object.hasOwn(COG_FILES, file) ? COG_FILES[file as keyof typeof COG_FILES] : null;
    if (kind === null) {
      throw new NotPublishedError(`There is no file "${file}": expected ${Object.keys(COG_FILES).join(" or ")}`);
    }
    const version = await frames.version(frame);
    const { artifacts, built_at } = await frames.sidecar(frame);
    const { bytes: size, sha256 } = artifacts[kind];
    const validators = {
      etag: `"${sha256.slice(0, 20)}${ARTIFACT_SUFFIX[kind]}"`,
      cacheControl: frameLifetime(frame),
      lastModified: httpDate(built_at),
    };
    const early = conditionalAnswer(c.req.raw, validators);
    if (early) return early;
    const headers = {
      "content-type": MEDIA_TYPE,
      "content-disposition": `inline; filename="${downloadName(frame, file)}"`,
      "accept-ranges": "bytes",
      ...validatorHeaders(validators),
    };
    const range = parseRange(c.req.raw, size, validators);
    if (range === "unsatisfiable") return unsatisfiable(size);
    const { start, end } = range ?? { start: 0, end: size };
    const span = { ...headers, "content-length": String(end - start) };
    // The client's pace limits the reading: a body is a stream, and the server buffers nothing of it.
    const body = c.req.method === "HEAD" ? null : await frames.readFile(frame, version, kind, size, { start, end });
    if (range === null) return new Response(body, { headers: span });
    return new Response(body, {
      status: 206,
      headers: { ...span, "content-range": contentRange({ start, end }, size) },
    });
  });

  return routes;
}
