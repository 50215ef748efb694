import assert from "node:assert/strict";
import { numberedValue, VALUE_GRID, valueCogFile } from "../../tests/support/value_cog_file.ts";
import { makeBlockCache } from "../cog/block_cache.ts";
import { RowIndexReader } from "./row_index_reader.ts";

/** Four rows of a block of 512 columns of float32. */
const GROUP_BYTES = 4 * 512 * 4;

Deno.test("RowIndexReader reads cells of all blocks, and NaN for nodata", async () => {
  await using file = await valueCogFile("with row index");
  using reader = RowIndexReader.open(file.path, makeBlockCache(1), VALUE_GRID)!;
  for (const [column, row] of [[0, 0], [511, 3], [512, 4], [599, 0], [5, 512], [599, 519]] as const) {
    assert.equal(reader.cell(column, row), numberedValue(column, row), `column ${column}, row ${row}`);
  }
  assert.equal(reader.cell(7, 0), NaN);
});

Deno.test("RowIndexReader inflates a row group of four rows at a time, and keeps no file open", async () => {
  await using file = await valueCogFile("with row index");
  const cache = makeBlockCache(1);
  using reader = RowIndexReader.open(file.path, cache, VALUE_GRID)!;
  const cachedAfter = (column: number, row: number) => {
    reader.cell(column, row);
    return cache.calculatedSize / GROUP_BYTES;
  };
  assert.equal(cachedAfter(0, 0), 1);
  assert.equal(cachedAfter(511, 3), 1); // the same group
  assert.equal(cachedAfter(0, 4), 2); // the next rows
  assert.equal(cachedAfter(512, 0), 3); // the next block
  assert.equal(reader.holdsFile, false);
  assert.equal(reader.byteLength, 4 * 128 * 12 + 44); // of the index: an entry for each group of four blocks
});

Deno.test("RowIndexReader.open() returns null for a file without a row index, and refuses one of another grid", async () => {
  await using older = await valueCogFile("without row index");
  assert.equal(RowIndexReader.open(older.path, makeBlockCache(1), VALUE_GRID), null);
  await using file = await valueCogFile("with row index");
  const moved = { ...VALUE_GRID, westM: 1000 };
  assert.throws(() => RowIndexReader.open(file.path, makeBlockCache(1), moved), /^BadArtifactError: .* value grid/);
});

Deno.test("RowIndexReader reads a file that was repaired in its place with the new row index", async () => {
  await using file = await valueCogFile("with row index");
  using reader = RowIndexReader.open(file.path, makeBlockCache(1), VALUE_GRID)!;
  assert.equal(reader.cell(5, 0), 5);
  await file.rewrite((column, row) => Math.sin(column) + row);
  assert.equal(reader.cell(5, 100), Math.fround(Math.sin(5) + 100));
  assert.equal(reader.cell(5, 0), Math.fround(Math.sin(5))); // and not the value that was kept
});
