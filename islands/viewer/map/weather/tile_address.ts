import type { VersionedFrame } from "../../../../contract/frame_version.ts";
import type { TileId } from "../../../../contract/tile.ts";
import { tileTemplate } from "../../../../contract/urls.ts";

/** Returns the tile's address on the server, which is its key in the store. */
export function tileAddress(frame: VersionedFrame, { z, x, y }: TileId): string {
  const template = tileTemplate(frame);
  return template.replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y));
}
