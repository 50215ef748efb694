import { BLOCK_SIZE_PX, geoTransform, type Grid } from "../../contract/grid.ts";
import type { Kind } from "../../contract/sidecar.ts";
import type { Field } from "../field/field.ts";
import { reducedSize, reduceField } from "../derive/reduce.ts";
import type { Band } from "../gdal/band.ts";
import { Dataset } from "../gdal/dataset.ts";
import { MemoryFile } from "../gdal/memory_file.ts";
import { SpatialReference } from "../gdal/spatial_reference.ts";
import { colorize } from "../style/colorize.ts";
import type { Palette } from "../style/palette.ts";
import type { CogDescription } from "./cog_description.ts";
import { withRowIndex } from "./row_index.ts";

/** Overviews are added until one is no wider and no higher than this, so that zoom 0 reads an image of its own size. */
const SMALLEST_OVERVIEW_PX = 256;

/**
 * Compression level: a third of the time of GDAL's default 6 for an eighth more bytes (bench/cog_level.ts,
 * docs/PERFORMANCE.md).
 */
const DEFLATE_LEVEL = "4";

const COG_OPTIONS = {
  BLOCKSIZE: String(BLOCK_SIZE_PX),
  COMPRESS: "DEFLATE",
  LEVEL: DEFLATE_LEVEL,
  PREDICTOR: "NO",
  BIGTIFF: "NO",
} as const;

/** Returns the decimation factors of a grid's overviews: 2, 4, 8 … */
export function overviewFactors({ width, height }: { width: number; height: number }): number[] {
  const factors: number[] = [];
  for (
    let factor = 2;
    factors.length === 0 || Math.max(width, height) * 2 > SMALLEST_OVERVIEW_PX * factor;
    factor *= 2
  ) {
    factors.push(factor);
  }
  return factors;
}

/**
 * Writes the coloured field as a Cloud-Optimized GeoTIFF, into a memory file that the caller disposes. Every overview
 * is the field reduced by `kind` and then coloured, so that it has no colour that the legend lacks.
 */
export function writeRgbaCog(
  display: Field,
  grid: Grid,
  kind: Kind,
  palette: Palette,
  description: CogDescription | null = null,
): MemoryFile {
  using mercator = SpatialReference.parse("EPSG:3857");
  using picture = Dataset.inMemory({
    ...grid,
    bandCount: 4,
    type: "Byte",
    interleave: "PIXEL",
    geoTransform: geoTransform(grid),
    spatialReference: mercator,
  });
  if (description) describeFile(picture, description);
  (["Red", "Green", "Blue", "Alpha"] as const).forEach((name, i) => picture.band(i + 1).setColorInterpretation(name));
  picture.writeInterleaved(colorize(display, palette));
  const factors = overviewFactors(grid);
  picture.reserveOverviews(factors);
  factors.forEach((factor, level) => {
    const { width, height } = reducedSize(grid, factor);
    const pixels = colorize(reduceField(display, width, height, kind), palette);
    for (let band = 1; band <= 4; band++) picture.band(band).overview(level).writeStrided(pixels, 4, band - 1);
  });
  return copyToCog(picture, COG_OPTIONS);
}

/**
 * Writes the values as a float32 Cloud-Optimized GeoTIFF with NaN as nodata and nearest-neighbour overviews, like
 * `writeRgbaCog`. A single value can be read by inflating one row group of a block.
 */
export function writeValueCog(values: Field, grid: Grid, description: CogDescription | null = null): MemoryFile {
  using mercator = SpatialReference.parse("EPSG:3857");
  using raster = Dataset.inMemory({
    ...grid,
    bandCount: 1,
    type: "Float32",
    geoTransform: geoTransform(grid),
    spatialReference: mercator,
  });
  raster.band(1).setNoData(NaN);
  if (description) {
    describeFile(raster, description);
    describeBand(raster.band(1), description);
  }
  // GDAL makes no overview of a grid smaller than a block, and the contract requires one of every grid.
  const factors = overviewFactors(grid);
  raster.reserveOverviews(factors);
  factors.forEach((factor, level) => {
    const { width, height } = reducedSize(grid, factor);
    raster.band(1).overview(level).write(reduceField(values, width, height, "discrete").values);
  });
  // withRowIndex() deflates the full-resolution blocks: until then GDAL writes zeros, which takes no time.
  using withoutValues = copyToCog(raster, COG_OPTIONS);
  const cog = withRowIndex(withoutValues.read(), values, grid);
  if (cog !== null) return MemoryFile.of(cog, "tif");
  raster.band(1).write(values.values);
  return copyToCog(raster, COG_OPTIONS);
}

function describeFile(dataset: Dataset, { items }: CogDescription): void {
  for (const [name, value] of Object.entries(items)) dataset.setMetadataItem(name, value);
}

function describeBand(band: Band, { band: { description, units, items } }: CogDescription): void {
  band.setDescription(description);
  band.setUnits(units);
  for (const [name, value] of Object.entries(items)) band.setMetadataItem(name, value);
}

function copyToCog(dataset: Dataset, options: Readonly<Record<string, string>>): MemoryFile {
  const file = new MemoryFile("tif");
  try {
    dataset.copyTo(file.path, "COG", options);
  } catch (error) {
    file[Symbol.dispose]();
    throw error;
  }
  return file;
}
