import assert from "node:assert/strict";
import { constants, crc32, deflateRawSync } from "node:zlib";
import { numberedValue, VALUE_GRID, valueCogFile } from "../../tests/support/value_cog_file.ts";
import { tempDir } from "../../tests/support/temp_dir.ts";
import { makeBlockCache } from "../cog/block_cache.ts";
import { RowIndexReader } from "./row_index_reader.ts";

/** Four rows of a block of 512 columns of float32. */
const GROUP_BYTES = 4 * 512 * 4;

Deno.test("RowIndexReader reads cells of all blocks, and NaN for nodata", async () => {
  await using file = await valueCogFile("with row index");
  using reader = RowIndexReader.open(file.path, makeBlockCache(1), VALUE_GRID)!;
  for (const [column, row] of [[0, 0], [511, 3], [512, 4], [599, 0], [5, 512], [599, 519]] as const) {
    assert.equal(
      reader.cell(reader.levels[0]!, column, row),
      numberedValue(column, row),
      `column ${column}, row ${row}`,
    );
  }
  assert.equal(reader.cell(reader.levels[0]!, 7, 0), NaN);
});

Deno.test("RowIndexReader inflates a row group of four rows at a time, and keeps no file open", async () => {
  await using file = await valueCogFile("with row index");
  const cache = makeBlockCache(1);
  using reader = RowIndexReader.open(file.path, cache, VALUE_GRID)!;
  const cachedAfter = (column: number, row: number) => {
    reader.cell(reader.levels[0]!, column, row);
    return cache.calculatedSize / GROUP_BYTES;
  };
  assert.equal(cachedAfter(0, 0), 1);
  assert.equal(cachedAfter(511, 3), 1); // the same group
  assert.equal(cachedAfter(0, 4), 2); // the next rows
  assert.equal(cachedAfter(512, 0), 3); // the next block
  assert.equal(reader.holdsFile, false);
});

Deno.test("RowIndexReader.open() returns null for a file without a row index, and refuses one of another grid", async () => {
  await using older = await valueCogFile("without row index");
  assert.equal(RowIndexReader.open(older.path, makeBlockCache(1), VALUE_GRID), null);
  await using file = await valueCogFile("with row index");
  const moved = { ...VALUE_GRID, westM: 1000 };
  assert.throws(
    () => RowIndexReader.open(file.path, makeBlockCache(1), moved),
    /^BadArtifactError: .* grid of its model/,
  );
});

Deno.test("RowIndexReader reads a file that was repaired in its place with the new row index", async () => {
  await using file = await valueCogFile("with row index");
  using reader = RowIndexReader.open(file.path, makeBlockCache(1), VALUE_GRID)!;
  assert.equal(reader.cell(reader.levels[0]!, 5, 0), 5);
  await file.rewrite((column, row) => Math.sin(column) + row);
  assert.equal(reader.cell(reader.levels[0]!, 5, 100), Math.fround(Math.sin(5) + 100));
  assert.equal(reader.cell(reader.levels[0]!, 5, 0), Math.fround(Math.sin(5))); // and not the value that was kept
});

Deno.test("RowIndexReader reads a file of contract 3.0: plain values, and row groups of the full image only", async () => {
  const { westM, northM, pixelSizeM, width, height } = VALUE_GRID;
  const groupCount = 4 * 128;
  const rows = Array.from({ length: groupCount }, (_, i) => {
    const values = Float32Array.from({ length: 4 * 512 }, (_, k) => i * 10_000 + k);
    return deflateRawSync(new Uint8Array(values.buffer), { finishFlush: constants.Z_SYNC_FLUSH });
  });
  const index = new DataView(new ArrayBuffer(groupCount * 12 + 44));
  let start = 0;
  rows.forEach((bytes, i) => {
    [start, bytes.length, crc32(bytes)].forEach((word, k) => index.setUint32(i * 12 + k * 4, word, true));
    start += bytes.length;
  });
  const gridAt = groupCount * 12;
  [westM, northM, pixelSizeM].forEach((metres, k) => index.setFloat64(gridAt + k * 8, metres, true));
  [width, height].forEach((size, k) => index.setUint32(gridAt + 24 + k * 4, size, true));
  const bytes = new Uint8Array(index.buffer);
  bytes.set(new TextEncoder().encode("twfstrip"), bytes.length - 8);
  await using folder = await tempDir();
  const path = `${folder.path}/values.tif`;
  await Deno.writeFile(path, Uint8Array.from([...rows.flatMap((row) => [...row]), ...bytes]));
  using reader = RowIndexReader.open(path, makeBlockCache(1), VALUE_GRID)!;
  assert.equal(reader.levels.length, 1);
  assert.equal(reader.cell(reader.levels[0]!, 3, 1), 512 + 3);
  assert.equal(reader.cell(reader.levels[0]!, 512 + 7, 512 + 5), (3 * 128 + 1) * 10_000 + 512 + 7);
});
