import * as z from "zod";
import type { Grid } from "./grid.ts";
import { MERCATOR_HALF_SIDE_M, type MercatorBox } from "./projection.ts";

/** The deepest zoom that the server draws. Beyond a model's native zoom pixels only get larger. */
export const MAX_ZOOM = 14;

/** A tile of the Web Mercator quad tree: `x` counts from the antimeridian eastwards, `y` from the north southwards. */
export interface TileId {
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

const INDEX_PATTERN = /^(0|[1-9][0-9]{0,4})$/;
const indexText = (what: string) => z.string().regex(INDEX_PATTERN, `expected ${what}`).transform(Number);

/** The words for the zooms that are accepted. */
export const ZOOM = `a zoom from 0 to ${MAX_ZOOM}`;

/** Parser of a zoom in a query. */
export const zoomSchema = indexText(ZOOM).refine((zoom) => zoom <= MAX_ZOOM, { error: `expected ${ZOOM}` });

/** Parser of `z`, `x` and `y` in a tile URL. */
export const tileIdSchema = z.object({
  z: indexText(ZOOM),
  x: indexText("a tile column from 0 to 2^z − 1"),
  y: indexText("a tile row from 0 to 2^z − 1"),
}).superRefine((tile, context) => {
  if (tile.z > MAX_ZOOM) {
    context.addIssue({ code: "custom", path: ["z"], message: `expected ${ZOOM}` });
    return;
  }
  const last = 2 ** tile.z - 1;
  for (const axis of ["x", "y"] as const) {
    if (tile[axis] > last) {
      context.addIssue({
        code: "custom",
        path: [axis],
        message: `expected a number from 0 to ${last} at zoom ${tile.z}`,
      });
    }
  }
});

/** Metres per pixel of a tile that is `tileSizePx` wide. */
export function tileResolutionM(zoom: number, tileSizePx: number): number {
  return 2 * MERCATOR_HALF_SIDE_M / (2 ** zoom * tileSizePx);
}

/** The area that a tile covers. */
export function tileBox(tile: TileId): MercatorBox {
  const sideM = 2 * MERCATOR_HALF_SIDE_M / 2 ** tile.z;
  const westM = -MERCATOR_HALF_SIDE_M + tile.x * sideM;
  const northM = MERCATOR_HALF_SIDE_M - tile.y * sideM;
  return { westM, northM, eastM: westM + sideM, southM: northM - sideM };
}

/** Tiles of one zoom that overlap a box: columns and rows from the first to the last. */
export interface TileRange {
  readonly firstX: number;
  readonly lastX: number;
  readonly firstY: number;
  readonly lastY: number;
}

export function tilesOver({ westM, southM, eastM, northM }: MercatorBox, zoom: number): TileRange {
  const sideM = 2 * MERCATOR_HALF_SIDE_M / 2 ** zoom;
  // A box that ends at a tile's edge does not reach into the next tile, in spite of rounding errors.
  const firstFrom = (edgeM: number) => Math.max(Math.floor(edgeM / sideM + EDGE_TOLERANCE), 0);
  const lastUntil = (edgeM: number) => Math.min(Math.ceil(edgeM / sideM - EDGE_TOLERANCE), 2 ** zoom) - 1;
  return {
    firstX: firstFrom(westM + MERCATOR_HALF_SIDE_M),
    lastX: lastUntil(eastM + MERCATOR_HALF_SIDE_M),
    firstY: firstFrom(MERCATOR_HALF_SIDE_M - northM),
    lastY: lastUntil(MERCATOR_HALF_SIDE_M - southM),
  };
}

/** Tolerance for rounding errors at an edge, as a fraction of a tile's side. */
const EDGE_TOLERANCE = 1e-9;

/** The first zoom whose tile pixels are no larger than the grid's: deeper zooms show no more detail. */
export function nativeZoom(grid: Grid, tileSizePx: number): number {
  const zoom = Math.ceil(Math.log2(tileResolutionM(0, tileSizePx) / grid.pixelSizeM));
  return Math.min(Math.max(zoom, 0), MAX_ZOOM);
}
