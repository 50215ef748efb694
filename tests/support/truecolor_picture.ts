import { Dataset } from "../../builder/gdal/dataset.ts";
import { SpatialReference } from "../../builder/gdal/spatial_reference.ts";

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
export function rgba(column: number, row: number): [number, number, number, number] {
  if ((column + row) % 97 === 0) return [0, 0, 0, 0];
  return column < 512 ? [column >> 4, 0, 200, 255] : [column & 255, row & 255, (column * 7 + row) & 255, 255];
}

/** Writes an RGBA COG with far more than 255 colours. */
export function writeTruecolorPicture(path: string): void {
  using mercator = SpatialReference.parse("EPSG:3857");
  using dataset = Dataset.inMemory({
    width: SIZE,
    height: SIZE,
    bandCount: 4,
    type: "Byte",
    geoTransform: [WEST_M, PIXEL_M, 0, NORTH_M, 0, -PIXEL_M],
    spatialReference: mercator,
  });
  const pixels = new Uint8Array(SIZE * SIZE * 4);
  for (let row = 0; row < SIZE; row++) {
    for (let column = 0; column < SIZE; column++) pixels.set(rgba(column, row), (row * SIZE + column) * 4);
  }
  (["Red", "Green", "Blue", "Alpha"] as const).forEach((name, i) => dataset.band(i + 1).setColorInterpretation(name));
  dataset.writeInterleaved(pixels);
  dataset.copyTo(path, "COG", { BLOCKSIZE: "512", COMPRESS: "DEFLATE", OVERVIEW_RESAMPLING: "NEAREST" });
}
