import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import { modelGrids } from "./grid.ts";
import { encodeStripIndex, type Strip, stripCount, StripIndex, stripIndexBytes } from "./strip_index.ts";

/** 1400 × 1100 cells: three blocks across and three down. */
const { value: grid } = modelGrids({ westM: 0, southM: 0, eastM: 1_400_000, northM: 1_100_000 }, 1000, 1);
const strips: Strip[] = Array.from(
  { length: stripCount(grid) },
  (_, i) => ({ start: 4_000_000_000 + i, length: i + 1, crc32: 0xffff_ffff - i }),
);
const encoded = encodeStripIndex(strips, grid, crc32);

Deno.test("an index has every strip of every block, and as many bytes as its grid tells", () => {
  assert.equal(strips.length, 9 * 128);
  assert.equal(encoded.length, stripIndexBytes(grid));
  const index = StripIndex.decode(encoded, grid, crc32)!;
  assert.deepEqual(strips.map((_, i) => index.strip(i)), strips);
  assert.equal(new TextDecoder().decode(encoded.slice(-8)), "twfstrip");
  assert.throws(
    () => encodeStripIndex(strips.slice(1), grid, crc32),
    /^RangeError: Cannot index 1151 strips: .* has 1152$/,
  );
});

Deno.test("what does not end like an index is none", () => {
  assert.equal(StripIndex.decode(new Uint8Array(stripIndexBytes(grid)), grid, crc32), null);
  assert.equal(StripIndex.decode(encoded.with(encoded.length - 1, 0), grid, crc32), null);
});

Deno.test("an index that was damaged at any byte, or is of another grid, is refused", () => {
  for (const at of [0, 5000, encoded.length - 44, encoded.length - 16, encoded.length - 9]) {
    const damaged = encoded.with(at, encoded[at]! ^ 1);
    assert.throws(
      () => StripIndex.decode(damaged, grid, crc32),
      /^RangeError: the index of its strips is damaged/,
      `${at}`,
    );
  }
  for (const other of [{ ...grid, westM: grid.westM + 1 }, { ...grid, width: grid.width - 1 }]) {
    assert.equal(stripIndexBytes(other), encoded.length);
    assert.throws(() => StripIndex.decode(encoded, other, crc32), /^RangeError: it does not lie on the value grid/);
  }
});
