import type { VersionedFrame } from "../contract/frame_version.ts";
import type { TileId } from "../contract/tile.ts";
import { IMMUTABLE } from "../server/http/cache_control.ts";
import { conditionalAnswer, httpDate, validatorHeaders } from "../server/http/conditional.ts";
import { BadParameterError } from "../server/errors.ts";
import { emptyTile } from "../server/tile/empty_tile.ts";
import type { AnimationRange } from "../server/tile/prefetch_policy.ts";
import type { ServerContext } from "./context.ts";

export interface TileRequest {
  readonly sizePx: number;
  /** How long the tile may be kept. */
  readonly cacheControl: string;
  /** Where there is nothing, a picture of nothing: many clients take 204 for a failure. */
  readonly isEmptyPng: boolean;
}

const ANIMATION_RANGE = /^([0-9]{1,3})-([0-9]{1,3})$/;

/** A tile as PNG; 204 outside the coverage, or a clear PNG; 304 where the client has it. @throws NotPublishedError */
export async function answerTile(
  request: Request,
  { tiles, prefetch }: Pick<ServerContext, "tiles" | "prefetch">,
  frame: VersionedFrame,
  tile: TileId,
  { sizePx, cacheControl, isEmptyPng }: TileRequest,
): Promise<Response> {
  const found = await tiles.find(frame, tile, sizePx);
  if (found === null) return isEmptyPng ? emptyPicture(request, sizePx) : nothing();
  const validators = { etag: found.etag, cacheControl, lastModified: httpDate(found.builtAt) };
  const early = conditionalAnswer(request, validators);
  if (early) return early;
  const range = prefetch ? animationRangeOf(request) : null;
  const { png, origin } = await found.draw();
  prefetch?.onTileServed(frame, tile, sizePx, range);
  return new Response(png, {
    headers: {
      "content-type": "image/png",
      "content-length": String(png.length),
      ...validatorHeaders(validators),
      "x-cache": origin,
    },
  });
}

/** A model's box never changes, so a tile beside it never will be there. */
function nothing(): Response {
  return new Response(null, { status: 204, headers: { "cache-control": IMMUTABLE } });
}

/** It was never different. */
const EMPTY_SINCE = httpDate("2026-01-01T00:00:00Z");

function emptyPicture(request: Request, sizePx: number): Response {
  const validators = { etag: `"empty-${sizePx}"`, cacheControl: IMMUTABLE, lastModified: EMPTY_SINCE };
  const early = conditionalAnswer(request, validators);
  if (early) return early;
  const png = emptyTile(sizePx);
  return new Response(png, {
    headers: { "content-type": "image/png", "content-length": String(png.length), ...validatorHeaders(validators) },
  });
}

/** Which hours the client goes through: `X-Animation-Range: 0-12`. */
function animationRangeOf(request: Request): AnimationRange | null {
  const header = request.headers.get("x-animation-range");
  if (header === null) return null;
  const match = ANIMATION_RANGE.exec(header);
  if (!match) throw new BadParameterError("X-Animation-Range", header, "expected two forecast hours such as 0-12");
  return { firstFh: Number(match[1]), lastFh: Number(match[2]) };
}
