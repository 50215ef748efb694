import { Dataset } from "../../builder/gdal/dataset.ts";
import { SpatialReference } from "../../builder/gdal/spatial_reference.ts";

export type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/** A picture in EPSG:3857 with square pixels. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly westM: number;
  readonly northM: number;
  readonly pixelM: number;
  rgba(column: number, row: number): Rgba;
}

/** Options of the COGs that the builder writes. */
const COG_OPTIONS = { BLOCKSIZE: "512", COMPRESS: "DEFLATE", OVERVIEW_RESAMPLING: "NEAREST" };

/**
 * Writes a picture as an RGBA COG.
 * @param options of GDAL's driver, which replace those of the builder
 */
export function writePicture(
  path: string,
  { width, height, westM, northM, pixelM, rgba }: Picture,
  { driver = "COG", options = {} }: { driver?: string; options?: Readonly<Record<string, string>> } = {},
): void {
  using mercator = SpatialReference.parse("EPSG:3857");
  using dataset = Dataset.inMemory({
    width,
    height,
    bandCount: 4,
    type: "Byte",
    geoTransform: [westM, pixelM, 0, northM, 0, -pixelM],
    spatialReference: mercator,
  });
  const pixels = new Uint8Array(width * height * 4);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) pixels.set(rgba(column, row), (row * width + column) * 4);
  }
  (["Red", "Green", "Blue", "Alpha"] as const).forEach((name, i) => dataset.band(i + 1).setColorInterpretation(name));
  dataset.writeInterleaved(pixels);
  dataset.copyTo(path, driver, driver === "COG" ? { ...COG_OPTIONS, ...options } : options);
}
