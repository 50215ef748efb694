import assert from "node:assert/strict";
import { constants, crc32, inflateRawSync } from "node:zlib";
import { fromArrayBuffer } from "geotiff";
import { BLOCK_SIZE_PX, modelGrids } from "../../contract/grid.ts";
import { ROW_GROUPS_PER_BLOCK, RowIndex, rowIndexBytes, ROWS_PER_GROUP } from "../../contract/row_index.ts";
import { reduceField } from "../derive/reduce.ts";
import { field } from "../field/field.ts";
import { Dataset } from "../gdal/dataset.ts";
import { MemoryFile } from "../gdal/memory_file.ts";
import { writeValueCog } from "./cog.ts";
import { withRowIndex } from "./row_index.ts";

/** A grid of three blocks across and three down, and a grid smaller than a block. */
const GRIDS = [[1_400_000, 1_100_000], [330_000, 185_000]].map(([eastM, northM]) =>
  modelGrids({ westM: 0, southM: 0, eastM: eastM!, northM: northM! }, 1000, 1).value
);

/** Makes a field whose values all differ, with some of them missing. */
const noise = ({ width, height }: { width: number; height: number }) =>
  field(
    width,
    height,
    Float32Array.from({ length: width * height }, (_, i) => i % 7 === 0 ? NaN : Math.sin(i) * 100 + i / 1e5),
  );

Deno.test("writeValueCog() writes row groups that can be inflated alone and have the rows of their block", () => {
  for (const grid of GRIDS) {
    const values = noise(grid);
    using file = writeValueCog(values, grid);
    const bytes = file.read();
    const index = RowIndex.decode(bytes.slice(-rowIndexBytes(grid)), grid, crc32)!;
    const across = Math.ceil(grid.width / BLOCK_SIZE_PX);
    for (let row = 0; row < grid.height; row++) {
      for (let column = 0; column < across; column++) {
        const block = Math.floor(row / BLOCK_SIZE_PX) * across + column;
        const rowInBlock = row % BLOCK_SIZE_PX;
        const group = index.rowGroup(block * ROW_GROUPS_PER_BLOCK + Math.floor(rowInBlock / ROWS_PER_GROUP));
        const compressed = bytes.slice(group.start, group.start + group.length);
        assert.equal(crc32(compressed), group.crc32);
        const inflated = inflateRawSync(compressed, { finishFlush: constants.Z_SYNC_FLUSH });
        assert.equal(inflated.length, ROWS_PER_GROUP * BLOCK_SIZE_PX * 4);
        const cells = new Float32Array(
          inflated.buffer.slice(inflated.byteOffset, inflated.byteOffset + inflated.length),
        );
        const [left, right] = [column * BLOCK_SIZE_PX, Math.min((column + 1) * BLOCK_SIZE_PX, grid.width)];
        const from = (rowInBlock % ROWS_PER_GROUP) * BLOCK_SIZE_PX;
        assert.deepEqual(
          cells.slice(from, from + right - left),
          values.values.slice(row * grid.width + left, row * grid.width + right),
        );
      }
    }
  }
});

Deno.test("writeValueCog() writes a file that GDAL and geotiff.js read like one without row groups", async () => {
  for (const grid of GRIDS) {
    const values = noise(grid);
    using file = writeValueCog(values, grid);
    using raster = Dataset.open(file.path, { drivers: ["GTiff"] });
    assert.equal(raster.metadataItem("LAYOUT", "IMAGE_STRUCTURE"), "COG");
    assert.deepEqual(raster.band(1).read(new Float32Array(grid.width * grid.height)), values.values);
    for (let level = 0; level < raster.band(1).overviewCount; level++) {
      const overview = raster.band(1).overview(level);
      const { width, height } = overview;
      assert.deepEqual(
        overview.read(new Float32Array(width * height)),
        reduceField(values, width, height, "discrete").values,
      );
    }
    const image = await (await fromArrayBuffer(file.read().buffer)).getImage();
    assert.deepEqual((await image.readRasters())[0], values.values);
  }
});

Deno.test("writeValueCog() puts a block's length before the block, and its last bytes again after it", () => {
  const [grid] = GRIDS;
  using file = writeValueCog(noise(grid!), grid!);
  const bytes = file.read();
  const view = new DataView(bytes.buffer);
  const index = RowIndex.decode(bytes.slice(-rowIndexBytes(grid!)), grid!, crc32)!;
  for (let block = 0; block < 9; block++) {
    const first = index.rowGroup(block * ROW_GROUPS_PER_BLOCK);
    const last = index.rowGroup((block + 1) * ROW_GROUPS_PER_BLOCK - 1);
    const start = first.start - 2;
    const end = last.start + last.length + 4; // the checksum of the zlib stream
    assert.equal(view.getUint32(start - 4, true), end - start, `block ${block}`);
    assert.deepEqual(bytes.slice(end, end + 4), bytes.slice(end - 4, end), `block ${block}`);
  }
});

Deno.test("withRowIndex() returns null for a file that is laid out in another way", () => {
  const [grid] = GRIDS;
  const values = noise(grid!);
  using file = writeValueCog(values, grid!);
  const done = file.read();
  assert.equal(withRowIndex(done, values, grid!), null); // the row index is behind its last block
  using raster = Dataset.open(file.path, { drivers: ["GTiff"] });
  using plain = new MemoryFile("tif");
  raster.copyTo(plain.path, "GTiff", { TILED: "YES", BLOCKXSIZE: "512", BLOCKYSIZE: "512", COMPRESS: "DEFLATE" });
  const bytes = plain.read();
  assert.equal(withRowIndex(bytes, values, grid!), null);
});
