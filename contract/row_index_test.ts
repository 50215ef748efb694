import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { modelGrid } from "./grid.ts";
import {
  decodeRowGroup,
  decodeRowIndex,
  encodeRowIndex,
  pyramidRowGroupCount,
  ROW_ENTRY_BYTES,
  ROW_FOOTER_BYTES,
  type RowGroup,
} from "./row_index.ts";

/** A grid of 1400 × 1100 cells: blocks of 3 × 3, and of 2 × 2, 1 and 1 in the overviews. */
const grid = modelGrid({ westM: 0, southM: 0, eastM: 1_400_000, northM: 1_100_000 }, 1000, 1);
const groups: RowGroup[] = Array.from(
  { length: pyramidRowGroupCount(grid) },
  (_, i) => ({ start: 4_000_000_000 + i, length: i + 1, crc32: 0xffff_ffff - i }),
);
const encoded = encodeRowIndex(groups, grid, crc32);
const FILE_BYTES = 10_000_000;

const decode = (footer: Uint8Array<ArrayBuffer>, on = grid, fileBytes = FILE_BYTES) =>
  decodeRowIndex(footer, fileBytes, on, crc32);
const footer = encoded.slice(-ROW_FOOTER_BYTES);

Deno.test("encodeRowIndex() stores every row group of every block of the pyramid, and its footer says where", () => {
  assert.equal(groups.length, (9 + 4 + 1 + 1) * 128);
  assert.equal(encoded.length, groups.length * ROW_ENTRY_BYTES + ROW_FOOTER_BYTES);
  const { entriesAt, hasOverviews } = decode(footer)!;
  assert.equal(entriesAt, FILE_BYTES - encoded.length);
  assert.equal(hasOverviews, true);
  const entries = groups.map((_, i) =>
    decodeRowGroup(encoded.subarray(i * ROW_ENTRY_BYTES, (i + 1) * ROW_ENTRY_BYTES))
  );
  assert.deepEqual(entries, groups);
  assert.equal(new TextDecoder().decode(encoded.slice(-8)), "twfrows2");
  assert.throws(
    () => encodeRowIndex(groups.slice(1), grid, crc32),
    /^RangeError: Cannot index 1919 row groups: .* has 1920$/,
  );
});

Deno.test("decodeRowIndex() reads the footer of contract 3.0, whose overviews have no row groups", () => {
  const older = footer.slice();
  older.set(new TextEncoder().encode("twfstrip"), older.length - 8);
  assert.deepEqual(decode(older), {
    entriesAt: FILE_BYTES - ROW_FOOTER_BYTES - 9 * 128 * ROW_ENTRY_BYTES,
    hasOverviews: false,
  });
});

Deno.test("decodeRowIndex() returns null when the bytes do not end like an index", () => {
  assert.equal(decode(new Uint8Array(ROW_FOOTER_BYTES)), null);
  assert.equal(decode(footer.with(footer.length - 1, 0)), null);
});

Deno.test("decodeRowIndex() refuses a footer that is damaged at any byte, of another grid, or in too short a file", () => {
  for (let at = 0; at < ROW_FOOTER_BYTES - 8; at++) {
    assert.throws(() => decode(footer.with(at, footer[at]! ^ 1)), /^RangeError: the row index is damaged/, `${at}`);
  }
  for (const other of [{ ...grid, westM: grid.westM + 1 }, { ...grid, width: grid.width - 1 }]) {
    assert.throws(() => decode(footer, other), /^RangeError: the file does not lie on the grid of its model/);
  }
  assert.throws(() => decode(footer, grid, encoded.length - 1), /^RangeError: the file is shorter than its row index/);
});
