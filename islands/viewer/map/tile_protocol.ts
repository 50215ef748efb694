import { addProtocol } from "maplibre-gl";
import type { FrameId } from "../../../contract/identity.ts";
import type { TileId } from "../../../contract/tile.ts";
import { tileTemplate } from "../../../contract/urls.ts";
import type { TileStore } from "./tile_store.ts";

const PROTOCOL = "twf";

/** A picture of nothing: 1 × 1, transparent. */
const EMPTY_PNG = Uint8Array.from(
  atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="),
  (character) => character.charCodeAt(0),
);

/** Lets MapLibre take its tiles from a store. Once a page: protocols belong to the library, not to a map. */
export function serveTiles(store: TileStore): void {
  addProtocol(PROTOCOL, async ({ url }) => {
    const tile = await store.get(location.origin + url.slice(`${PROTOCOL}://`.length));
    // MapLibre hands the buffer to a decoder, which may take it away from us.
    return { data: tile.byteLength === 0 ? EMPTY_PNG.slice().buffer : tile.slice(0) };
  });
}

/** What a raster source names as its tiles. */
export function tileSourceTemplate(frame: FrameId): string {
  return `${PROTOCOL}://${tileTemplate(frame)}`;
}

/** The tile's address on the server, as the store knows it. */
export function tileAddress(frame: FrameId, { z, x, y }: TileId): string {
  const template = location.origin + tileTemplate(frame);
  return template.replace("{z}", String(z)).replace("{x}", String(x)).replace("{y}", String(y));
}
