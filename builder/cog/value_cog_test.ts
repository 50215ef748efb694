import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { constants, crc32, inflateRawSync } from "node:zlib";
import { fromArrayBuffer } from "geotiff";
import { restoreFloats } from "../../contract/float_predictor.ts";
import { BLOCK_SIZE_PX, modelGrid } from "../../contract/grid.ts";
import {
  decodeRowGroup,
  decodeRowIndex,
  ROW_ENTRY_BYTES,
  ROW_FOOTER_BYTES,
  ROW_GROUPS_PER_BLOCK,
  ROWS_PER_GROUP,
} from "../../contract/row_index.ts";
import { field } from "../field/field.ts";
import { levelsOf, valueCogBytes } from "../../tests/support/value_cog_bytes.ts";
import { Dataset } from "../gdal/dataset.ts";
import { replaced } from "../../tests/support/replaced.ts";
import { MemoryFile } from "../gdal/memory_file.ts";

/** A grid of three blocks across and three down, and a grid smaller than a block. */
const GRIDS = [[1_400_000, 1_100_000], [330_000, 185_000]].map(([eastM, northM]) =>
  modelGrid({ westM: 0, southM: 0, eastM: eastM!, northM: northM! }, 1000, 1)
);

/** Makes a field whose values all differ, with some of them missing. */
const noise = ({ width, height }: { width: number; height: number }) =>
  field(
    width,
    height,
    Float32Array.from({ length: width * height }, (_, i) => i % 7 === 0 ? NaN : Math.sin(i) * 100 + i / 1e5),
  );

/** Returns a reader of the entries of the row index, without the reader of the server. */
function entriesOf(bytes: Uint8Array<ArrayBuffer>, grid: typeof GRIDS[number]) {
  const { entriesAt } = decodeRowIndex(bytes.slice(-ROW_FOOTER_BYTES), bytes.length, grid, crc32)!;
  return (number: number) => {
    const at = entriesAt + number * ROW_ENTRY_BYTES;
    return decodeRowGroup(bytes.slice(at, at + ROW_ENTRY_BYTES));
  };
}

Deno.test("writeValueCog() writes row groups that can be inflated alone and have the rows of their block", () => {
  for (const grid of GRIDS) {
    const values = noise(grid);
    const bytes = valueCogBytes(values, grid);
    const entry = entriesOf(bytes, grid);
    let before = 0;
    for (const level of levelsOf(values, grid)) {
      const across = Math.ceil(level.width / BLOCK_SIZE_PX);
      for (let row = 0; row < level.height; row += 3) {
        for (let column = 0; column < across; column++) {
          const block = Math.floor(row / BLOCK_SIZE_PX) * across + column;
          const rowInBlock = row % BLOCK_SIZE_PX;
          const number = before + block * ROW_GROUPS_PER_BLOCK + Math.floor(rowInBlock / ROWS_PER_GROUP);
          const group = entry(number);
          const compressed = bytes.slice(group.start, group.start + group.length);
          assert.equal(crc32(compressed), group.crc32);
          const inflated = inflateRawSync(compressed, { finishFlush: constants.Z_SYNC_FLUSH });
          assert.equal(inflated.length, ROWS_PER_GROUP * BLOCK_SIZE_PX * 4);
          const cells = restoreFloats(inflated, BLOCK_SIZE_PX);
          const [left, right] = [column * BLOCK_SIZE_PX, Math.min((column + 1) * BLOCK_SIZE_PX, level.width)];
          const from = (rowInBlock % ROWS_PER_GROUP) * BLOCK_SIZE_PX;
          assert.deepEqual(
            cells.slice(from, from + right - left),
            level.values.slice(row * level.width + left, row * level.width + right),
          );
        }
      }
      before += across * Math.ceil(level.height / BLOCK_SIZE_PX) * ROW_GROUPS_PER_BLOCK;
    }
  }
});

Deno.test("writeValueCog() writes a file that GDAL and geotiff.js read like one without row groups", async () => {
  for (const grid of GRIDS) {
    const values = noise(grid);
    const bytes = valueCogBytes(values, grid);
    using file = MemoryFile.of(bytes, "tif");
    using raster = Dataset.open(file.path, { drivers: ["GTiff"] });
    assert.equal(raster.metadataItem("LAYOUT", "IMAGE_STRUCTURE"), "COG");
    assert.ok(Number.isNaN(raster.band(1).noData));
    levelsOf(values, grid).forEach((level, i) => {
      const band = i === 0 ? raster.band(1) : raster.band(1).overview(i - 1);
      assert.deepEqual([band.width, band.height], [level.width, level.height]);
      assert.deepEqual(band.read(new Float32Array(level.width * level.height)), level.values);
    });
    const image = await (await fromArrayBuffer(bytes.slice().buffer)).getImage();
    assert.deepEqual((await image.readRasters())[0], values.values);
  }
});

Deno.test("writeValueCog() puts a block's length before the block, and its last bytes again after it", () => {
  const [grid] = GRIDS;
  const bytes = valueCogBytes(noise(grid!), grid!);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const entry = entriesOf(bytes, grid!);
  for (let block = 0; block < 9; block++) {
    const first = entry(block * ROW_GROUPS_PER_BLOCK);
    const last = entry((block + 1) * ROW_GROUPS_PER_BLOCK - 1);
    const start = first.start - 2;
    const end = last.start + last.length + 4; // the checksum of the zlib stream
    assert.equal(view.getUint32(start - 4, true), end - start, `block ${block}`);
    assert.deepEqual(bytes.slice(end, end + 4), bytes.slice(end - 4, end), `block ${block}`);
  }
});

Deno.test("writeValueCog() fails when a block does not inflate to its values", () => {
  using _compare = replaced(Buffer, "compare", () => () => 1);
  assert.throws(() => valueCogBytes(noise(GRIDS[1]!), GRIDS[1]!), /^GateError: .*a block inflates to its bytes/);
});
