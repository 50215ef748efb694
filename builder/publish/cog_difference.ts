import type { Band } from "../gdal/band.ts";
import { Dataset } from "../gdal/dataset.ts";

/**
 * Compares a published COG with a rebuilt one: every pixel, at full resolution and in every overview. The files may
 * differ all the same, as those of two versions of GDAL do.
 * @returns the difference in words, from the first level that has one; null when there is none
 * @throws GdalError when a file cannot be read
 */
export function cogDifference(publishedPath: string, rebuiltPath: string): string | null {
  using published = Dataset.open(publishedPath, { drivers: ["GTiff"] });
  using rebuilt = Dataset.open(rebuiltPath, { drivers: ["GTiff"] });
  const [shape, other] = [shapeOf(published), shapeOf(rebuilt)];
  if (shape !== other) return `published as ${shape}, rebuilt as ${other}`;
  const levels = published.band(1).overviewCount + 1;
  for (let level = 0; level < levels; level++) {
    const difference = pixelsDifference(pixelsOf(published, level), pixelsOf(rebuilt, level));
    if (difference !== null) return level === 0 ? difference : `in overview ${level}, ${difference}`;
  }
  return null;
}

/** Describes the sizes of all levels and the type of the bands. */
function shapeOf(dataset: Dataset): string {
  const band = dataset.band(1);
  const overviews = Array.from({ length: band.overviewCount }, (_, i) => band.overview(i));
  const sizes = [band, ...overviews].map(({ width, height }) => `${width} × ${height}`).join(", ");
  return `${dataset.bandCount} × ${band.dataType} of ${sizes}`;
}

/** One level of a raster: for each band an array of its rows, row 0 north. */
export interface Pixels {
  readonly width: number;
  readonly bands: readonly (Uint8Array | Float32Array)[];
}

function pixelsOf(dataset: Dataset, level: number): Pixels {
  const bands = dataset.bands().map((band) => level === 0 ? band : band.overview(level - 1));
  return { width: bands[0]!.width, bands: bands.map(readAll) };
}

function readAll(band: Band): Uint8Array | Float32Array {
  const length = band.width * band.height;
  return band.read(band.dataType === "Float32" ? new Float32Array(length) : new Uint8Array(length));
}

/** Counts the pixels that differ in any band, and describes the first; NaN equals NaN. Returns null for equal pixels. */
export function pixelsDifference(published: Pixels, rebuilt: Pixels): string | null {
  const length = published.bands[0]!.length;
  let count = 0;
  let first = -1;
  for (let i = 0; i < length; i++) {
    if (published.bands.every((band, b) => isSame(band[i]!, rebuilt.bands[b]![i]!))) continue;
    if (count++ === 0) first = i;
  }
  if (count === 0) return null;
  const at = ({ bands }: Pixels) => bands.map((band) => valueText(band[first]!)).join(" ");
  const where = `column ${first % published.width}, row ${Math.floor(first / published.width)}`;
  return `${count} of ${length} differ, the first in ${where}: published ${at(published)}, rebuilt ${at(rebuilt)}`;
}

function isSame(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/** Writes a value with the nine digits that tell all float32 apart. */
function valueText(value: number): string {
  return String(Number(value.toPrecision(9)));
}
