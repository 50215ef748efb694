import { Buffer } from "node:buffer";
import type { ModelGeometry } from "../../contract/models.ts";
import { tilesOfGrid } from "../frame/frame_tiles.ts";
import { openTiles } from "../gates/tiles.ts";
import { readTilePng } from "../tiles/read_tile_png.ts";

/**
 * Compares the pixels of two archives of a model's tiles, whatever bytes they are encoded as.
 * @returns the first difference in words, or null
 * @throws GateError when one of them is no such archive; BadTileError when a tile is damaged
 */
export function tilesDifference(
  published: Uint8Array<ArrayBuffer>,
  rebuilt: Uint8Array<ArrayBuffer>,
  model: ModelGeometry,
): string | null {
  const archives = [published, rebuilt].map((bytes) => openTiles(bytes, model));
  for (const tile of tilesOfGrid(model)) {
    const [theirs, ours] = archives.map((archive) => archive.tile(tile)) as [
      Uint8Array<ArrayBuffer> | null,
      Uint8Array<ArrayBuffer> | null,
    ];
    const name = `${tile.z}/${tile.x}/${tile.y}`;
    if (!theirs || !ours) {
      if (theirs !== ours) return `tile ${name} is ${theirs ? "" : "not "}there, and ${ours ? "" : "not "}rebuilt`;
      continue;
    }
    if (Buffer.compare(theirs, ours) === 0) continue;
    const [a, b] = [readTilePng(theirs), readTilePng(ours)];
    for (const part of ["palette", "alpha", "numbers"] as const) {
      if (Buffer.compare(a[part], b[part]) !== 0) return `the ${part} of tile ${name} differ`;
    }
  }
  return null;
}
