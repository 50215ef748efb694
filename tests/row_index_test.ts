import assert from "node:assert/strict";
import { modelGrid } from "../contract/grid.ts";
import { ROW_GROUPS_PER_BLOCK, rowGroupCount } from "../contract/row_index.ts";
import { field } from "../builder/field/field.ts";
import { BlockReader } from "../server/values/block_reader.ts";
import { makeBlockCache } from "../server/cog/block_cache.ts";
import { RowIndexReader } from "../server/values/row_index_reader.ts";
import { BadArtifactError } from "../server/errors.ts";
import { tempDir } from "./support/temp_dir.ts";
import { valueCogBytes } from "./support/value_cog_bytes.ts";
import { rowIndexBytes } from "./support/value_cog_file.ts";

/** Tests of the two ways to read a value COG, which must give the same values. */

/** A grid of two columns and three rows of blocks. */
const grid = modelGrid({ westM: 0, southM: 0, eastM: 900_000, northM: 1_100_000 }, 1000, 1);
const CELLS = grid.width * grid.height;

function cogOf(valueAt: (i: number) => number): Uint8Array<ArrayBuffer> {
  const values = field(grid.width, grid.height, Float32Array.from({ length: CELLS }, (_, i) => valueAt(i)));
  return valueCogBytes(values, grid);
}

const valueAt = (i: number) => i % 11 < 3 ? NaN : Math.fround(Math.cos(i) * 50 + i / 1e4);
const cog = cogOf(valueAt);

interface OpenFile extends AsyncDisposable {
  readonly path: string;
  readonly values: RowIndexReader | null;
}

async function written(bytes: Uint8Array<ArrayBuffer>): Promise<OpenFile> {
  const folder = await tempDir();
  const path = `${folder.path}/fh000.val.cog.tif`;
  await Deno.writeFile(path, bytes);
  try {
    const values = RowIndexReader.open(path, makeBlockCache(8), grid);
    return { path, values, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}

Deno.test("every cell read by row groups equals the cell read by blocks, and the written one", async () => {
  await using file = await written(cog);
  using blocks = await BlockReader.open(file.path, makeBlockCache(64), grid);
  for (let i = 0; i < CELLS; i++) {
    const [column, row] = [i % grid.width, Math.floor(i / grid.width)];
    const value = file.values!.cell(file.values!.levels[0]!, column, row);
    if (!Object.is(value, valueAt(i)) || !Object.is(value, blocks.cell(blocks.levels[0]!, column, row))) {
      assert.fail(`column ${column}, row ${row}: ${value}, and not ${valueAt(i)}`);
    }
  }
});

Deno.test("row groups are kept in the block cache, within its bounds", async () => {
  await using folder = await tempDir();
  const path = `${folder.path}/fh000.val.cog.tif`;
  await Deno.writeFile(path, cog);
  const cache = makeBlockCache(1);
  const values = RowIndexReader.open(path, cache, grid)!;
  values.cell(values.levels[0]!, 0, 0);
  assert.equal(cache.calculatedSize, 8192);
  values.cell(values.levels[0]!, 1, 3);
  assert.equal(cache.calculatedSize, 8192);
  for (let row = 0; row < grid.height; row++) values.cell(values.levels[0]!, 0, row);
  assert.equal(cache.calculatedSize, 1024 * 1024);
});

Deno.test("RowIndexReader.open() returns null for a file without a row index or cut short", async () => {
  for (const bytes of [cog.slice(0, -rowIndexBytes(grid)), cog.slice(0, -1), cog.slice(0, 1000), cog.slice(0, 3)]) {
    await using file = await written(bytes);
    assert.equal(file.values, null, `${bytes.length} bytes`);
  }
});

Deno.test("a row group beyond the end, or of gigabytes, is an error before memory is allocated", async () => {
  const at = cog.length - rowIndexBytes(grid);
  for (const [word, value] of [[0, cog.length], [0, 0xfffffff0], [1, 0xfffffff0], [1, 20_000]] as const) {
    const bytes = cog.slice();
    const view = new DataView(bytes.buffer);
    view.setUint32(at + 12 + word * 4, value, true); // the entry of row group 1
    await using file = await written(bytes);
    assert.throws(
      () => file.values!.cell(file.values!.levels[0]!, 0, 4),
      /^BadArtifactError: Row group 1 of ".*" is damaged$/,
      `${word}: ${value}`,
    );
  }
});

Deno.test("a damaged row index, and one of another grid, are errors that name the file", async () => {
  const damaged = cog.with(cog.length - 20, cog[cog.length - 20]! ^ 1);
  await assert.rejects(written(damaged), (error: Error) => {
    assert.ok(error instanceof BadArtifactError);
    assert.match(error.message, /^".*fh000\.val\.cog\.tif" cannot be read: the row index is damaged/);
    return true;
  });
  await using file = await written(cog);
  const moved = { ...grid, northM: grid.northM + 1000 };
  assert.throws(() => RowIndexReader.open(file.path, makeBlockCache(8), moved), /does not lie on the grid/);
});

Deno.test("a row group with a changed byte is an error, and its neighbours are still read", async () => {
  await using whole = await written(cog);
  const { start, length } = rowGroupOf(cog, 1);
  for (const at of [start, start + Math.floor(length / 2), start + length - 1]) {
    await using file = await written(cog.with(at, cog[at]! ^ 0x10));
    assert.throws(
      () => file.values!.cell(file.values!.levels[0]!, 0, 4),
      /^BadArtifactError: Row group 1 of ".*fh000\.val\.cog\.tif" is damaged$/,
    );
    for (const row of [3, 8]) {
      assert.equal(
        file.values!.cell(file.values!.levels[0]!, 10, row),
        whole.values!.cell(whole.values!.levels[0]!, 10, row),
      );
    }
  }
});

Deno.test("a repaired frame is read with its new row index", async () => {
  await using file = await written(cog);
  assert.equal(file.values!.cell(file.values!.levels[0]!, 3, 0), valueAt(3));
  await Deno.writeFile(file.path, cogOf((i) => i));
  assert.equal(file.values!.cell(file.values!.levels[0]!, 3, 600), 600 * grid.width + 3);
  assert.equal(file.values!.cell(file.values!.levels[0]!, 3, 0), 3); // values read with the old index are not returned any more
});

/** Reads the start and the length of a row group from the index without the reader under test. */
function rowGroupOf(bytes: Uint8Array<ArrayBuffer>, number: number): { start: number; length: number } {
  assert.ok(number < rowGroupCount(grid) && ROW_GROUPS_PER_BLOCK === 128);
  const view = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - rowIndexBytes(grid) + number * 12);
  return { start: view.getUint32(0, true), length: view.getUint32(4, true) };
}
