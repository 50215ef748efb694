import { tileBox, type TileId, tileResolutionM } from "../../contract/tile.ts";
import type { MercatorBox } from "../../contract/projection.ts";
import type { CogLevel } from "../cog/cog_file.ts";

/** Position of a tile's pixel that lies outside the image. */
export const OUTSIDE = -1;

/**
 * The part of an image under a tile: for each column and row of the tile, the image's column and row under the pixel's
 * centre, or OUTSIDE.
 */
export interface TileWindow {
  readonly level: CogLevel;
  readonly columns: Int32Array;
  readonly rows: Int32Array;
}

/** Whether a tile and a box overlap. */
export function intersects(tile: TileId, box: MercatorBox): boolean {
  const bounds = tileBox(tile);
  return bounds.westM < box.eastM && bounds.eastM > box.westM && bounds.southM < box.northM &&
    bounds.northM > box.southM;
}

/** The coarsest level whose pixels are no larger than the tile's; the full image when none is that fine. */
export function levelFor(levels: readonly CogLevel[], resolutionM: number): CogLevel {
  let best = levels[0]!;
  for (const level of levels) {
    if (level.pixelWidthM <= resolutionM && level.pixelWidthM > best.pixelWidthM) best = level;
  }
  return best;
}

export function tileWindow(
  tile: TileId,
  tileSizePx: number,
  levels: readonly CogLevel[],
  box: MercatorBox,
): TileWindow {
  const resolutionM = tileResolutionM(tile.z, tileSizePx);
  const level = levelFor(levels, resolutionM);
  const { westM, northM } = tileBox(tile);
  return {
    level,
    columns: positions(
      tileSizePx,
      (i) => (westM + (i + 0.5) * resolutionM - box.westM) / level.pixelWidthM,
      level.width,
    ),
    rows: positions(
      tileSizePx,
      (i) => (box.northM - northM + (i + 0.5) * resolutionM) / level.pixelHeightM,
      level.height,
    ),
  };
}

function positions(count: number, at: (i: number) => number, limit: number): Int32Array {
  const indices = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const index = Math.floor(at(i));
    indices[i] = index >= 0 && index < limit ? index : OUTSIDE;
  }
  return indices;
}
