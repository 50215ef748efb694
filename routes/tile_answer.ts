import type { VersionedFrame } from "../contract/frame_version.ts";
import type { TileId } from "../contract/tile.ts";
import { IMMUTABLE } from "../server/http/cache_control.ts";
import { conditionalAnswer, httpDate, validatorHeaders } from "../server/http/conditional.ts";
import { BadParameterError } from "../server/errors.ts";
import { emptyTile } from "../server/tile/empty_tile.ts";
import type { AnimationRange } from "../server/tile/prefetch_policy.ts";
import type { ServerContext } from "./context.ts";
import { parseLead } from "../contract/lead.ts";

export interface TileRequest {
  readonly sizePx: number;
  /** The Cache-Control header, which limits how long the tile may be kept. */
  readonly cacheControl: string;
  /** Whether an area without data is answered with an empty image: many clients treat 204 as a failure. */
  readonly isEmptyPng: boolean;
}

/**
 * Answers a tile as PNG; 204 or a clear PNG outside the coverage; 304 when the client has it. @throws NotPublishedError
 */
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

/** The answer outside the coverage. A model's coverage never changes, so a tile outside it will never exist. */
function nothing(): Response {
  return new Response(null, { status: 204, headers: { "cache-control": IMMUTABLE } });
}

/** Last modification of the empty tile, which has never changed. */
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

/** The frames that the client animates: `X-Animation-Range: 0-12`. */
function animationRangeOf(request: Request): AnimationRange | null {
  const header = request.headers.get("x-animation-range");
  if (header === null) return null;
  const [first = "", last = "", ...more] = header.split("-");
  const range = { first: parseLead(first), last: parseLead(last) };
  if (range.first === null || range.last === null || more.length > 0) {
    throw new BadParameterError("X-Animation-Range", header, "expected two frames such as 0-12 or 0m15-2m45");
  }
  return { first: range.first, last: range.last };
}
