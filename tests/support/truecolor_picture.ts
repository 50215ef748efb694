import { type Rgba, writePicture } from "./picture.ts";

const WORLD_M = 2 * Math.PI * 6378137;
export const SIZE = 1024;
/**
 * Pixel size of the image, the same as the tiles': the image covers the tiles 4/4/6 and 4/5/6 and some ground around
 * them.
 */
const PIXEL_M = WORLD_M / 16 / 512;
const WEST_M = -WORLD_M / 2 + 4 * 512 * PIXEL_M - 100 * PIXEL_M;
const NORTH_M = WORLD_M / 2 - 6 * 512 * PIXEL_M + 50 * PIXEL_M;

/** Returns the RGBA of a pixel: few colours in smooth steps in the west, and all different colours in the east. */
export function rgba(column: number, row: number): Rgba {
  if ((column + row) % 97 === 0) return [0, 0, 0, 0];
  return column < 512 ? [column >> 4, 0, 200, 255] : [column & 255, row & 255, (column * 7 + row) & 255, 255];
}

/** Writes an RGBA COG with far more than 255 colours. */
export function writeTruecolorPicture(path: string): void {
  writePicture(path, { width: SIZE, height: SIZE, westM: WEST_M, northM: NORTH_M, pixelM: PIXEL_M, rgba });
}
