import assert from "node:assert/strict";
import { nativeTest } from "../../tests/support/collect_garbage.ts";
import { Dataset } from "./dataset.ts";
import { MemoryFile } from "./memory_file.ts";
import { SpatialReference } from "./spatial_reference.ts";
import { GdalError } from "./errors.ts";
import { copyStringList, StringList } from "./string_list.ts";

const TRANSFORM = [0, 1000, 0, 3000, 0, -1000] as const;

function memory(width: number, height: number, bandCount: number, type: "Byte" | "Float32"): Dataset {
  using mercator = SpatialReference.parse("EPSG:3857");
  return Dataset.inMemory({ width, height, bandCount, type, geoTransform: TRANSFORM, spatialReference: mercator });
}

nativeTest("Band.write() and read() keep extreme values, NaN and −0", () => {
  using dataset = memory(3, 2, 1, "Float32");
  const values = Float32Array.of(-0, NaN, 1.5, -1e30, 16777217, 3.25);
  dataset.band(1).write(values);
  assert.deepEqual(dataset.band(1).read(new Float32Array(6)), values);
});

nativeTest("Dataset and Band refuse arrays of a wrong size before they call GDAL", () => {
  using dataset = memory(3, 2, 4, "Byte");
  assert.throws(() => dataset.band(1).read(new Uint8Array(5)), RangeError);
  assert.throws(() => dataset.band(1).write(new Uint8Array(7)), RangeError);
  assert.throws(() => dataset.readInterleaved(new Uint8Array(6)), RangeError);
  assert.throws(() => dataset.band(1).writeStrided(new Uint8Array(6), 4, 0), RangeError);
});

nativeTest("Dataset.writeInterleaved() and Band.writeStrided() put bytes into the right bands", () => {
  using dataset = memory(3, 2, 4, "Byte");
  const pixels = Uint8Array.from({ length: 24 }, (_, i) => i);
  dataset.writeInterleaved(pixels);
  assert.deepEqual([...dataset.band(3).read(new Uint8Array(6))], [2, 6, 10, 14, 18, 22]);
  dataset.band(3).writeStrided(pixels, 4, 3);
  assert.deepEqual([...dataset.band(3).read(new Uint8Array(6))], [3, 7, 11, 15, 19, 23]);
});

nativeTest("Dataset.band() refuses a number that is not a band's", () => {
  using dataset = memory(3, 2, 2, "Byte");
  for (const number of [0, 3, -1, 1.5, NaN]) assert.throws(() => dataset.band(number), RangeError);
});

nativeTest("a closed dataset and its bands cannot be used", () => {
  const dataset = memory(3, 2, 1, "Byte");
  const band = dataset.band(1);
  dataset.close();
  assert.throws(() => dataset.width, /after it was closed/);
  assert.throws(() => band.read(new Uint8Array(6)), /after it was closed/);
  dataset[Symbol.dispose](); // twice is harmless
});

nativeTest("Dataset.open() throws a GdalError when none of the named drivers can read the file", () => {
  using file = MemoryFile.of(new TextEncoder().encode("not a raster"), "tif");
  assert.throws(() => Dataset.open(file.path, { drivers: ["GTiff"] }), GdalError);
});

nativeTest("Dataset.reserveOverviews() creates overviews that keep the values written to them", () => {
  using dataset = memory(5, 3, 1, "Byte");
  dataset.reserveOverviews([2, 4]);
  const { width, height } = dataset.band(1).overview(0);
  assert.deepEqual([width, height], [3, 2]);
  dataset.band(1).overview(0).write(Uint8Array.of(1, 2, 3, 4, 5, 6));
  assert.deepEqual([...dataset.band(1).overview(0).read(new Uint8Array(6))], [1, 2, 3, 4, 5, 6]);
  assert.throws(() => dataset.band(1).overview(2), RangeError);
});

nativeTest("SpatialReference.parse() refuses an unknown code, and reads its own WKT", () => {
  assert.throws(() => SpatialReference.parse("EPSG:99999999"), GdalError);
  using mercator = SpatialReference.parse("EPSG:3857");
  using again = SpatialReference.parse(mercator.toWkt());
  assert.ok(mercator.isSame(again));
});

nativeTest("StringList contains the options or words that it was made from", () => {
  using list = StringList.ofOptions({ COMPRESS: "DEFLATE", NAME: "Zürich" });
  assert.deepEqual(copyStringList(list.address), ["COMPRESS=DEFLATE", "NAME=Zürich"]);
  using words = StringList.ofWords(["GRIB", "GTiff"]);
  assert.deepEqual(copyStringList(words.address), ["GRIB", "GTiff"]);
});

nativeTest("MemoryFile returns its bytes, and is removed when it is disposed of", () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => i % 256);
  const file = MemoryFile.of(bytes, "bin");
  assert.deepEqual(file.read(), bytes);
  file[Symbol.dispose]();
  assert.throws(() => file.read(), GdalError);
});
