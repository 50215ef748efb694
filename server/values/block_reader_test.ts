import assert from "node:assert/strict";
import { numberedValue, VALUE_GRID, valueCogFile } from "../../tests/support/value_cog_file.ts";
import { makeBlockCache } from "../cog/block_cache.ts";
import { BlockReader } from "./block_reader.ts";

/** A block of 512 × 512 float32 values. */
const BLOCK_BYTES = 512 * 512 * 4;

Deno.test("BlockReader reads cells of all blocks, and NaN for nodata", async () => {
  await using file = await valueCogFile("without row index");
  using reader = await BlockReader.open(file.path, makeBlockCache(8), VALUE_GRID);
  for (const [column, row] of [[0, 0], [511, 511], [512, 0], [5, 512], [599, 519]] as const) {
    assert.equal(
      reader.cell(reader.levels[0]!, column, row),
      numberedValue(column, row),
      `column ${column}, row ${row}`,
    );
  }
  assert.equal(reader.cell(reader.levels[0]!, 7, 0), NaN);
});

Deno.test("BlockReader keeps whole blocks in the cache, and its file open", async () => {
  await using file = await valueCogFile("without row index");
  const cache = makeBlockCache(8);
  using reader = await BlockReader.open(file.path, cache, VALUE_GRID);
  reader.cell(reader.levels[0]!, 0, 0);
  reader.cell(reader.levels[0]!, 511, 511);
  assert.equal(cache.calculatedSize, BLOCK_BYTES);
  reader.cell(reader.levels[0]!, 512, 0);
  assert.equal(cache.calculatedSize, 2 * BLOCK_BYTES);
  assert.equal(reader.holdsFile, true);
  using other = await BlockReader.open(file.path, cache, VALUE_GRID); // shares the cache, but no blocks
  other.cell(other.levels[0]!, 0, 0);
  assert.equal(cache.calculatedSize, 3 * BLOCK_BYTES);
});

Deno.test("BlockReader.open() refuses a file that does not lie on the grid", async () => {
  await using file = await valueCogFile("without row index");
  const { westM, northM, width } = VALUE_GRID;
  for (const other of [{ westM: westM + 1000 }, { northM: northM - 1 }, { width: width - 1 }]) {
    const opening = BlockReader.open(file.path, makeBlockCache(8), { ...VALUE_GRID, ...other });
    await assert.rejects(opening, /^BadArtifactError: ".*" does not lie on the grid of its model$/);
  }
});
