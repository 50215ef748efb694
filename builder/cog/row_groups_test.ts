import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { constants, crc32, inflateRawSync, inflateSync } from "node:zlib";
import { BLOCK_SIZE_PX } from "../../contract/grid.ts";
import { ROW_GROUPS_PER_BLOCK, ROWS_PER_GROUP } from "../../contract/row_index.ts";
import { inflate } from "../gdal/inflate.ts";
import { deflateRowGroups } from "./row_groups.ts";

const GROUP_BYTES = ROWS_PER_GROUP * BLOCK_SIZE_PX * 4;
const BLOCK_BYTES = GROUP_BYTES * ROW_GROUPS_PER_BLOCK;

let seed = 1;
const random = () => (seed = Math.imul(seed, 1664525) + 1013904223 >>> 0) >>> 24;

const BLOCKS: Readonly<Record<string, (i: number) => number>> = {
  zeros: () => 0,
  "one byte": () => 255,
  noise: random,
  "runs of 1 to 9 bytes": (i) => (i >> (i >> 9 & 3)) * 37,
  "zeros with a few others": (i) => random() < 3 ? i : 0,
  "runs across the ends of groups": (i) => i + 500 >> 10,
  "noise in the last group alone": (i) => i < BLOCK_BYTES - GROUP_BYTES ? 0 : random(),
};

for (const [name, byteAt] of Object.entries(BLOCKS)) {
  Deno.test(`deflateRowGroups() writes a block of ${name} that is read whole and by groups`, () => {
    const block = Uint8Array.from({ length: BLOCK_BYTES }, (_, i) => byteAt(i));
    const { stream, groups } = deflateRowGroups(block);
    assert.equal(Buffer.compare(inflateSync(stream), block), 0, "zlib");
    assert.equal(Buffer.compare(inflate(stream, BLOCK_BYTES), block), 0, "GDAL");
    assert.equal(groups.length, ROW_GROUPS_PER_BLOCK);
    groups.forEach(({ start, length, crc32: checksum }, i) => {
      const bytes = stream.subarray(start, start + length);
      assert.equal(crc32(bytes), checksum);
      const inflated = inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
      const meant = block.subarray(i * GROUP_BYTES, (i + 1) * GROUP_BYTES);
      assert.equal(Buffer.compare(inflated, meant), 0, `group ${i}`);
    });
  });
}

Deno.test("deflateRowGroups() writes groups of zeros in a few dozen bytes", () => {
  const { groups } = deflateRowGroups(new Uint8Array(BLOCK_BYTES));
  assert.ok(groups.every(({ length }) => length < 64), String(groups[0]!.length));
});
