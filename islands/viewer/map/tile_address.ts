import type { FrameId } from "../../../contract/identity.ts";
import type { TileId } from "../../../contract/tile.ts";
import { tileTemplate } from "../../../contract/urls.ts";

/** The tile's address on the server, as the store knows it. */
export function tileAddress(frame: FrameId, { z, x, y }: TileId): string {
  const template = tileTemplate(frame);
  return template.replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y));
}
