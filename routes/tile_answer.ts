import type { FrameId } from "../contract/identity.ts";
import type { TileId } from "../contract/tile.ts";
import { IMMUTABLE, SHORT_LIVED } from "../server/http/cache_control.ts";
import { isNotModified, notModified } from "../server/http/conditional.ts";
import type { TileService } from "../server/tile/tile_service.ts";

export interface TileRequest {
  readonly sizePx: number;
  /** Whether the URL names one frame for ever, and not the latest. */
  readonly isPinned: boolean;
}

/** A tile as PNG; 204 outside the coverage; 304 where the client has it. @throws NotPublishedError */
export async function answerTile(
  request: Request,
  tiles: TileService,
  frame: FrameId,
  tile: TileId,
  { sizePx, isPinned }: TileRequest,
): Promise<Response> {
  const cacheControl = isPinned ? IMMUTABLE : SHORT_LIVED;
  const etag = await tiles.etag(frame, tile, sizePx);
  if (tiles.isOutside(frame, tile)) {
    return new Response(null, { status: 204, headers: { "cache-control": SHORT_LIVED } });
  }
  if (isNotModified(request, etag)) return notModified({ etag, cacheControl });
  const { png, isCached } = await tiles.tile(frame, tile, sizePx, etag);
  return new Response(png, {
    headers: {
      "content-type": "image/png",
      "content-length": String(png.length),
      "cache-control": cacheControl,
      etag,
      "x-cache": isCached ? "L1-HIT" : "MISS",
    },
  });
}
