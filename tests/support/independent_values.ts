import type { Grid } from "../../contract/grid.ts";
import type { Kind } from "../../contract/sidecar.ts";
import { gdalTool } from "./gdal_tools.ts";

/** A band of a GRIB file, counted from 1. */
export interface SourceBand {
  readonly path: string;
  readonly band: number;
}

const SI_UNITS = { GRIB_NORMALIZE_UNITS: "NO" };

/**
 * Computes the values on a model's grid with GDAL's own programs and plain arithmetic: gdal_translate reads the bands,
 * `combine` combines them cell by cell, and gdalwarp warps them (without its usual tolerance of an eighth of a pixel).
 * @param combine gets the bands' values at one cell, in SI units, in the order of `bands`
 */
export async function independentValues(
  bands: readonly SourceBand[],
  combine: (...cell: number[]) => number,
  grid: Grid,
  kind: Kind,
  folder: string,
): Promise<Float32Array> {
  const fields = await Promise.all(bands.map((band, i) => readBand(band, `${folder}/band${i}.bin`)));
  const derived = Float32Array.from(fields[0]!, (_, cell) => combine(...fields.map((field) => field[cell]!)));
  const source = `${folder}/derived.vrt`;
  await writeRaw(bands[0]!, derived, source);
  const warped = `${folder}/warped.tif`;
  await warp(source, grid, kind === "continuous" ? "bilinear" : "near", warped);
  return await readFloats(warped, `${folder}/warped.bin`);
}

/** Reads the values of a raster's only band, row by row from the north. */
export async function readFloats(path: string, rawPath: string): Promise<Float32Array> {
  await gdalTool("gdal_translate", ["-q", "-of", "ENVI", path, rawPath]);
  return new Float32Array((await Deno.readFile(rawPath)).buffer);
}

async function readBand({ path, band }: SourceBand, rawPath: string): Promise<Float32Array> {
  const args = ["-q", "-b", String(band), "-ot", "Float32", "-of", "ENVI", path, rawPath];
  await gdalTool("gdal_translate", args, { env: SI_UNITS });
  return new Float32Array((await Deno.readFile(rawPath)).buffer);
}

/** Writes values on the grid of a GRIB band as a VRT: the band's own description, over a raw file. */
async function writeRaw({ path, band }: SourceBand, values: Float32Array, vrtPath: string): Promise<void> {
  const raw = `${vrtPath.slice(0, vrtPath.lastIndexOf("/"))}/derived.bin`;
  await Deno.writeFile(raw, new Uint8Array(values.buffer));
  await gdalTool("gdal_translate", ["-q", "-b", String(band), "-of", "VRT", path, vrtPath], { env: SI_UNITS });
  const vrt = await Deno.readTextFile(vrtPath);
  const rawBand = `<VRTRasterBand dataType="Float32" band="1" subClass="VRTRawRasterBand">` +
    `<SourceFilename relativetoVRT="1">derived.bin</SourceFilename><ByteOrder>LSB</ByteOrder></VRTRasterBand>`;
  await Deno.writeTextFile(vrtPath, vrt.replace(/<VRTRasterBand[\s\S]*<\/VRTRasterBand>/, rawBand));
}

async function warp(from: string, grid: Grid, resampling: string, to: string): Promise<void> {
  const { westM, southM, eastM, northM, pixelSizeM } = grid;
  await gdalTool("gdalwarp", [
    "-q",
    "-t_srs",
    "EPSG:3857",
    "-te",
    ...[westM, southM, eastM, northM].map(String),
    "-r",
    resampling,
    "-tr",
    String(pixelSizeM),
    String(pixelSizeM),
    "-et",
    "0",
    "-srcnodata",
    "nan",
    "-dstnodata",
    "nan",
    "-ot",
    "Float32",
    from,
    to,
  ]);
}
