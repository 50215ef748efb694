import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { modelGrid } from "../../contract/grid.ts";
import { pyramidLevels } from "../../contract/pyramid.ts";
import { Dataset } from "../gdal/dataset.ts";
import { MemoryFile } from "../gdal/memory_file.ts";
import { NWS_TEMPERATURE_F } from "../style/nws_palettes.ts";
import { paletteColors } from "../style/palette_numbers.ts";
import { replaced } from "../../tests/support/replaced.ts";
import { writeRgbaCog } from "./rgba_cog.ts";

const grid = modelGrid({ westM: 0, southM: 0, eastM: 1_400_000, northM: 1_100_000 }, 1000, 1);
const colors = paletteColors(NWS_TEMPERATURE_F);
const images = pyramidLevels(grid).map(({ width, height }, level) => ({
  width,
  height,
  numbers: Uint8Array.from({ length: width * height }, (_, i) => i % width < 100 ? 0 : (i + level) % 7),
}));

Deno.test("writeRgbaCog() stores the colour of every palette number, in the full image and in every overview", () => {
  using file = MemoryFile.of(writeRgbaCog(images, colors, grid, { items: { MODEL: 'a "b" <c> & ü' } }).bytes, "tif");
  using picture = Dataset.open(file.path, { drivers: ["GTiff"] });
  assert.equal(picture.metadataItem("LAYOUT", "IMAGE_STRUCTURE"), "COG");
  assert.equal(picture.metadataItem("MODEL"), 'a "b" <c> & ü');
  assert.equal(picture.band(1).overviewCount, images.length - 1);
  images.forEach(({ width, height, numbers }, level) => {
    const expected = new Uint8Array(Uint32Array.from(numbers, (number) => colors[number]!).buffer);
    for (let band = 1; band <= 4; band++) {
      const source = level === 0 ? picture.band(band) : picture.band(band).overview(level - 1);
      assert.deepEqual([source.width, source.height], [width, height]);
      const actual = source.read(new Uint8Array(width * height));
      assert.ok(actual.every((value, i) => value === expected[i * 4 + band - 1]), `level ${level}, band ${band}`);
    }
  });
});

Deno.test("writeRgbaCog() refuses images of other sizes than the grid's pyramid has", () => {
  assert.throws(() => writeRgbaCog(images.slice(1), colors, grid), /^RangeError: GDAL's structure has 4 images/);
  const [full, ...overviews] = images;
  const other = [{ ...full!, width: full!.width - 1 }, ...overviews];
  assert.throws(() => writeRgbaCog(other, colors, grid), /^RangeError: GDAL's structure has an image of 1400 × 1100/);
});

Deno.test("writeRgbaCog() fails when a block does not inflate to its pixels", () => {
  using _compare = replaced(Buffer, "compare", () => () => 1);
  assert.throws(() => writeRgbaCog(images, colors, grid), /^GateError: .*a block inflates to its bytes/);
});
