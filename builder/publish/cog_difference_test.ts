import assert from "node:assert/strict";
import { geoTransform, modelGrid } from "../../contract/grid.ts";
import { Dataset } from "../gdal/dataset.ts";
import { MemoryFile } from "../gdal/memory_file.ts";
import { SpatialReference } from "../gdal/spatial_reference.ts";
import { cogDifference, pixelsDifference } from "./cog_difference.ts";

/** Writes a COG of bytes with one overview; all pixels but the first are 0. */
function cog(sideM: number, [first, firstOfOverview]: readonly [number, number], compress = "DEFLATE"): MemoryFile {
  const grid = modelGrid({ westM: 0, southM: 0, eastM: sideM, northM: sideM }, 1000, 1);
  using mercator = SpatialReference.parse("EPSG:3857");
  using dataset = Dataset.inMemory({
    ...grid,
    bandCount: 1,
    type: "Byte",
    geoTransform: geoTransform(grid),
    spatialReference: mercator,
  });
  dataset.reserveOverviews([2]);
  dataset.band(1).write(new Uint8Array(grid.width ** 2).fill(first, 0, 1));
  const overview = dataset.band(1).overview(0);
  overview.write(new Uint8Array(overview.width ** 2).fill(firstOfOverview, 0, 1));
  const file = new MemoryFile("tif");
  dataset.copyTo(file.path, "COG", { BLOCKSIZE: "512", COMPRESS: compress });
  return file;
}

Deno.test("cogDifference() finds other pixels, other overviews and other sizes, and no difference in compression", () => {
  using published = cog(600_000, [7, 9]);
  const differenceFrom = (other: MemoryFile) => {
    using rebuilt = other;
    return cogDifference(published.path, rebuilt.path);
  };
  assert.equal(differenceFrom(cog(600_000, [7, 9], "LZW")), null);
  const words = "1 of 360000 differ, the first in column 0, row 0: published 7, rebuilt 8";
  assert.equal(differenceFrom(cog(600_000, [8, 9])), words);
  assert.equal(
    differenceFrom(cog(600_000, [7, 10])),
    "in overview 1, 1 of 90000 differ, the first in column 0, row 0: published 9, rebuilt 10",
  );
  assert.equal(
    differenceFrom(cog(500_000, [7, 9])),
    "published as 1 × Byte of 600 × 600, 300 × 300, rebuilt as 1 × Byte of 500 × 500, 250 × 250",
  );
});

Deno.test("pixelsDifference() counts differing values and names the first, where NaN equals NaN", () => {
  const published = { width: 3, bands: [Float32Array.of(1, NaN, 3, 4.1, 5, NaN)] };
  const withValues = (...values: number[]) => ({ width: 3, bands: [Float32Array.of(...values)] });
  assert.equal(pixelsDifference(published, withValues(1, NaN, 3, 4.1, 5, NaN)), null);
  assert.equal(
    pixelsDifference(published, withValues(1, NaN, 3, 4.2, 5, 0)),
    "2 of 6 differ, the first in column 0, row 1: published 4.0999999, rebuilt 4.19999981",
  );
  assert.equal(
    pixelsDifference(published, withValues(1, 2, 3, 4.1, 5, NaN)),
    "1 of 6 differ, the first in column 1, row 0: published NaN, rebuilt 2",
  );
});

Deno.test("pixelsDifference() counts a pixel once when several of its bands differ", () => {
  const picture = (...last: number[]) => ({
    width: 2,
    bands: [Uint8Array.of(9, last[0]!), Uint8Array.of(8, last[1]!), Uint8Array.of(7, last[2]!)],
  });
  assert.equal(
    pixelsDifference(picture(1, 2, 3), picture(1, 5, 6)),
    "1 of 2 differ, the first in column 1, row 0: published 1 2 3, rebuilt 1 5 6",
  );
});
