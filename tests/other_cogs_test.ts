import assert from "node:assert/strict";
import { deflateSync } from "node:zlib";
import type { Grid } from "../contract/grid.ts";
import { modelGeometry } from "../contract/models.ts";
import { artifactPath } from "../contract/paths.ts";
import { Dataset } from "../builder/gdal/dataset.ts";
import { BadArtifactError } from "../server/errors.ts";
import { CogFile } from "../server/cog/cog_file.ts";
import { BlockReader } from "../server/values/block_reader.ts";
import { makeBlockCache } from "../server/cog/block_cache.ts";
import { frameId, publishedRoot } from "./support/published_root.ts";
import { tempDir } from "./support/temp_dir.ts";

/** Value COGs of other programs, or of the builder with other options: each is refused, and none is read wrongly. */

const root = await publishedRoot([0]);
Deno.test.afterAll(async () => await root[Symbol.asyncDispose]());
const published = `${root.dataRoot}/${artifactPath("published", frameId(0), "values")}`;
const { grid: GRID } = modelGeometry(frameId(0).model)!;
const AS_OURS = { COMPRESS: "DEFLATE", BLOCKSIZE: "512", PREDICTOR: "NO", OVERVIEWS: "NONE" };

/** Returns the value in the middle of the grid, read from a copy with other options. */
async function middleOf(options: Record<string, string>, grid: Grid = GRID): Promise<number> {
  await using folder = await tempDir();
  const path = `${folder.path}/copy.tif`;
  {
    using dataset = Dataset.open(published, { drivers: ["GTiff"] });
    dataset.copyTo(path, "COG", options);
  }
  using values = await BlockReader.open(path, makeBlockCache(8), grid);
  return values.cell(values.levels[0]!, GRID.width >> 1, GRID.height >> 1);
}

Deno.test("a value COG with the builder's options is read", async () => {
  using values = await BlockReader.open(published, makeBlockCache(8), GRID);
  const middle = values.cell(values.levels[0]!, GRID.width >> 1, GRID.height >> 1);
  assert.equal(await middleOf(AS_OURS), middle);
  assert.equal(await middleOf({ ...AS_OURS, PREDICTOR: "FLOATING_POINT" }), middle);
});

Deno.test("a value COG with another predictor or compression is refused, and the message names both", async () => {
  await assert.rejects(middleOf({ ...AS_OURS, PREDICTOR: "STANDARD" }), (error: unknown) => {
    assert.ok(error instanceof BadArtifactError);
    assert.match(error.message, /without predictor or with the floating-point one: compression 8, predictor 2/);
    return true;
  });
  await assert.rejects(middleOf({ ...AS_OURS, COMPRESS: "LZW" }), /compression 5, predictor 1/);
});

Deno.test("a value COG on another grid, or with another sample size, is refused", async () => {
  await assert.rejects(middleOf(AS_OURS, modelGeometry("gfs" as never)!.grid), /does not lie on the grid/);
  await using folder = await tempDir();
  using whole = Dataset.open(published, { drivers: ["GTiff"] });
  const { width, height, geoTransform } = whole;
  using reference = whole.spatialReference();
  using bytes = Dataset.inMemory({
    width,
    height,
    bandCount: 1,
    type: "Byte",
    geoTransform,
    spatialReference: reference,
  });
  bytes.band(1).write(new Uint8Array(width * height).fill(7));
  bytes.copyTo(`${folder.path}/bytes.tif`, "COG", AS_OURS);
  using values = await BlockReader.open(`${folder.path}/bytes.tif`, makeBlockCache(8), GRID);
  assert.throws(() => values.cell(values.levels[0]!, 5, 5), /has [0-9]+ bytes, not [0-9]+/);
});

Deno.test("a block that states or inflates to too many bytes is refused before memory is allocated", async () => {
  await using folder = await tempDir();
  const bytes = await Deno.readFile(published);
  using cog = await CogFile.open(published);
  const level = cog.levels[0]!;
  const block = Array.from({ length: level.offsets.length }, (_, i) => i)
    .find((i) => level.byteCounts[i]! > 5000 && level.offsets[i]! > 0)!;
  const bomb = deflateSync(new Uint8Array(4 * 1024 * 1024));
  assert.ok(bomb.length < level.byteCounts[block]!);
  bytes.set(bomb, level.offsets[block]!);
  await Deno.writeFile(`${folder.path}/bomb.tif`, bytes);
  using damaged = await CogFile.open(`${folder.path}/bomb.tif`);
  assert.throws(() => damaged.readBlock(damaged.levels[0]!, block), /larger than/);
  const huge = { ...level, byteCounts: Array.from(level.byteCounts, () => 2_000_000_000) };
  assert.throws(
    () => cog.readBlock(huge, block),
    /^BadArtifactError: Block [0-9]+ of ".*" has 2000000000 bytes, more than/,
  );
  await assert.rejects(middleOf({ ...AS_OURS, BLOCKSIZE: "2048" }), /has tiles of 2048 × 2048 pixels/);
});
