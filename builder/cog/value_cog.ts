import { crc32 } from "node:zlib";
import { predictFloats } from "../../contract/float_predictor.ts";
import { BLOCK_SIZE_PX, type Grid } from "../../contract/grid.ts";
import { encodeRowIndex, type RowGroup } from "../../contract/row_index.ts";
import { concatenate } from "../concatenate.ts";
import type { Field } from "../field/field.ts";
import { checkStream } from "../gates/blocks.ts";
import { assembleCog, type AssembledCog } from "./assemble_cog.ts";
import { blocksOf } from "./blocks.ts";
import type { CogDescription } from "./cog_description.ts";
import { openEmptyDataset } from "./empty_dataset.ts";
import { deflateRowGroups } from "./row_groups.ts";

const NO_DESCRIPTION: CogDescription = { items: {}, band: { description: "", units: "", items: {} } };

/**
 * Writes values as a float32 Cloud-Optimized GeoTIFF with NaN as nodata. The blocks are deflated so that each row group
 * of four rows can be inflated alone, and the row index follows the last block: a single value is read from some
 * hundred bytes.
 * @param levels the full image first, then the overviews
 * @throws GateError when a block does not read back as it was made
 * @throws GdalError
 */
export function writeValueCog(
  levels: readonly Field[],
  grid: Grid,
  { items, band }: CogDescription = NO_DESCRIPTION,
): AssembledCog {
  using empty = openEmptyDataset({ grid, type: "Float32", hasNoData: true, items, bands: [band] });
  const values = new Float32Array(BLOCK_SIZE_PX ** 2);
  const predicted = new Uint8Array(values.byteLength);
  const groups: RowGroup[][] = [];
  const images = levels.map((level) => ({
    ...level,
    blocks: blocksOf(level).map((block) => {
      values.fill(0); // beyond the image, where no reader reads
      block.eachRow((from, to, at) => values.set(level.values.subarray(from, to), at));
      predictFloats(values, BLOCK_SIZE_PX, predicted);
      const { stream, groups: inBlock } = deflateRowGroups(predicted);
      checkStream(stream, predicted);
      groups.push(inBlock);
      return stream;
    }),
  }));
  const { bytes, blocks } = assembleCog(empty, images, "FLOATING_POINT");
  const inFile = blocks.flat().flatMap((block, i) =>
    groups[i]!.map((group) => ({ ...group, start: block.start + group.start }))
  );
  return { bytes: concatenate([bytes, encodeRowIndex(inFile, grid, crc32)]), blocks };
}
