import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import { modelGrid } from "../../contract/grid.ts";
import { levelsOf } from "../../tests/support/value_cog_bytes.ts";
import { writeValueCog } from "../cog/value_cog.ts";
import { field } from "../field/field.ts";
import { Dataset } from "../gdal/dataset.ts";
import { MemoryFile } from "../gdal/memory_file.ts";
import { checkPlaces, checkStream } from "./blocks.ts";

Deno.test("checkStream() requires a stream that inflates to its bytes, no more and no fewer", () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => i * i);
  const stream = new Uint8Array(deflateSync(bytes));
  checkStream(stream, bytes);
  assert.throws(() => checkStream(stream, bytes.with(999, 0)), /a block inflates to its bytes.* 113 at 999/);
  assert.throws(() => checkStream(stream, new Uint8Array(1001)), /size of a block.*1000, allowed 1001/);
  assert.throws(() => checkStream(stream, bytes.slice(0, 999)), /a block can be inflated/);
  for (const at of [0, Math.floor(stream.length / 2), stream.length - 1]) {
    assert.throws(() => checkStream(stream.with(at, stream[at]! ^ 0x20), bytes), /GateError/, `byte ${at}`);
  }
});

Deno.test("checkPlaces() requires each block where GDAL finds it, with the bytes that were encoded", () => {
  const grid = modelGrid({ westM: 0, southM: 0, eastM: 1_400_000, northM: 1_100_000 }, 1000, 1);
  const values = field(
    grid.width,
    grid.height,
    Float32Array.from({ length: grid.width * grid.height }, (_, i) => i % 97),
  );
  const cog = writeValueCog(levelsOf(values, grid), grid);
  using file = MemoryFile.of(cog.bytes, "tif");
  using raster = Dataset.open(file.path, { drivers: ["GTiff"] });
  const band = raster.band(1);
  const levels = [band, ...Array.from({ length: band.overviewCount }, (_, i) => band.overview(i))];
  assert.ok(levels.length > 1 && cog.blocks[0]!.length === 9);
  checkPlaces(levels, cog.bytes, cog.blocks);
  const [full, ...overviews] = cog.blocks;
  const [first, second, ...rest] = full!;
  assert.throws(
    () => checkPlaces(levels, cog.bytes, [[second!, first!, ...rest], ...overviews]),
    /place of block 0 of level 0/,
  );
  assert.throws(() => checkPlaces(levels, cog.bytes, [full!]), /number of images/);
  const damaged = cog.bytes.slice();
  const { start, stream } = overviews.at(-1)![0]!;
  damaged[start + stream.length - 1]! ^= 1;
  assert.throws(() => checkPlaces(levels, damaged, cog.blocks), /bytes of block 0 of level \d/);
});
