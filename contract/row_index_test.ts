import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { modelGrids } from "./grid.ts";
import { encodeRowIndex, type RowGroup, rowGroupCount, RowIndex, rowIndexBytes } from "./row_index.ts";

/** A grid of 1400 × 1100 cells: three blocks across and three down. */
const { value: grid } = modelGrids({ westM: 0, southM: 0, eastM: 1_400_000, northM: 1_100_000 }, 1000, 1);
const groups: RowGroup[] = Array.from(
  { length: rowGroupCount(grid) },
  (_, i) => ({ start: 4_000_000_000 + i, length: i + 1, crc32: 0xffff_ffff - i }),
);
const encoded = encodeRowIndex(groups, grid, crc32);

Deno.test("encodeRowIndex() stores every row group of every block in as many bytes as the grid requires", () => {
  assert.equal(groups.length, 9 * 128);
  assert.equal(encoded.length, rowIndexBytes(grid));
  const index = RowIndex.decode(encoded, grid, crc32)!;
  assert.deepEqual(groups.map((_, i) => index.rowGroup(i)), groups);
  assert.equal(new TextDecoder().decode(encoded.slice(-8)), "twfstrip");
  assert.throws(
    () => encodeRowIndex(groups.slice(1), grid, crc32),
    /^RangeError: Cannot index 1151 row groups: .* has 1152$/,
  );
});

Deno.test("RowIndex.decode() returns null when the bytes do not end like an index", () => {
  assert.equal(RowIndex.decode(new Uint8Array(rowIndexBytes(grid)), grid, crc32), null);
  assert.equal(RowIndex.decode(encoded.with(encoded.length - 1, 0), grid, crc32), null);
});

Deno.test("RowIndex.decode() refuses an index that is damaged at any byte or belongs to another grid", () => {
  for (const at of [0, 5000, encoded.length - 44, encoded.length - 16, encoded.length - 9]) {
    const damaged = encoded.with(at, encoded[at]! ^ 1);
    assert.throws(
      () => RowIndex.decode(damaged, grid, crc32),
      /^RangeError: the row index is damaged/,
      `${at}`,
    );
  }
  for (const other of [{ ...grid, westM: grid.westM + 1 }, { ...grid, width: grid.width - 1 }]) {
    assert.equal(rowIndexBytes(other), encoded.length);
    assert.throws(() => RowIndex.decode(encoded, other, crc32), /^RangeError: the file does not lie on the value grid/);
  }
});
