import assert from "node:assert/strict";
import { modelGrids } from "../../contract/grid.ts";
import { modelGeometry } from "../../contract/models.ts";
import { field } from "../field/field.ts";
import { reduceField } from "../derive/reduce.ts";
import { Dataset } from "../gdal/dataset.ts";
import { colorize } from "../style/colorize.ts";
import { NWS_TEMPERATURE_F } from "../style/nws_palettes.ts";
import { overviewFactors, writeRgbaCog, writeValueCog } from "./cog.ts";

const { display } = modelGrids({ westM: 0, southM: 0, eastM: 1_400_000, northM: 1_100_000 }, 1000, 1);
const ramp = field(
  display.width,
  display.height,
  Float32Array.from(
    { length: display.width * display.height },
    (_, i) => i % display.width < 100 ? NaN : (i % 977) / 9,
  ),
);

Deno.test("overviewFactors() adds levels until one fits a small tile", () => {
  assert.deepEqual(overviewFactors(modelGeometry("hrrr")!.grids.display), [2, 4, 8, 16]);
  assert.deepEqual(overviewFactors({ width: 100, height: 100 }), [2]);
});

Deno.test("writeRgbaCog() stores the coloured field, and each overview is the reduced field, coloured", () => {
  using file = writeRgbaCog(ramp, display, "continuous", NWS_TEMPERATURE_F);
  using picture = Dataset.open(file.path, { drivers: ["GTiff"] });
  const pixels = new Uint8Array(display.width * display.height * 4);
  picture.readInterleaved(pixels);
  assert.deepEqual(pixels, colorize(ramp, NWS_TEMPERATURE_F));
  for (let level = 0; level < picture.band(1).overviewCount; level++) {
    const { width, height } = picture.band(1).overview(level);
    const expected = colorize(reduceField(ramp, width, height, "continuous"), NWS_TEMPERATURE_F);
    for (let band = 1; band <= 4; band++) {
      const actual = picture.band(band).overview(level).read(new Uint8Array(width * height));
      assert.ok(actual.every((value, i) => value === expected[i * 4 + band - 1]), `overview ${level}, band ${band}`);
    }
  }
});

Deno.test("writeRgbaCog() makes no overview with a colour that the palette lacks, and alpha is 0 or 255", () => {
  using file = writeRgbaCog(ramp, display, "continuous", NWS_TEMPERATURE_F);
  using picture = Dataset.open(file.path, { drivers: ["GTiff"] });
  const known = new Set(NWS_TEMPERATURE_F.colors.map((rgb) => rgb.join()));
  for (let level = 0; level < picture.band(1).overviewCount; level++) {
    const { width, height } = picture.band(1).overview(level);
    const [red, green, blue, alpha] = [1, 2, 3, 4].map((band) =>
      picture.band(band).overview(level).read(new Uint8Array(width * height))
    );
    for (let i = 0; i < width * height; i++) {
      if (alpha![i] === 0) assert.equal(red![i]! + green![i]! + blue![i]!, 0);
      else {
        assert.equal(alpha![i], 255);
        assert.ok(known.has([red![i], green![i], blue![i]].join()));
      }
    }
  }
});

Deno.test("writeValueCog() keeps every value, and NaN as nodata", () => {
  using file = writeValueCog(ramp, display);
  using raster = Dataset.open(file.path, { drivers: ["GTiff"] });
  assert.deepEqual(raster.band(1).read(new Float32Array(display.width * display.height)), ramp.values);
  assert.ok(Number.isNaN(raster.band(1).noData));
});
