import { BLOCK_SIZE_PX, type Grid } from "../../contract/grid.ts";
import { deflate } from "../gdal/deflate.ts";
import type { NumberedImage } from "../style/palette_numbers.ts";
import { assembleCog } from "./assemble_cog.ts";
import { blocksOf } from "./blocks.ts";
import type { CogDescription } from "./cog_description.ts";
import { openEmptyDataset } from "./empty_dataset.ts";

/** Two thirds of the time of level 4 for a fifth more bytes (docs/PERFORMANCE.md). */
const DEFLATE_LEVEL = 1;

/**
 * Writes a picture as a Cloud-Optimized GeoTIFF of four bands: red, green, blue, alpha.
 * @param images palette numbers: the full image first, then the overviews
 * @param colors RGBA words in memory order, by palette number
 * @throws GdalError
 */
export function writeRgbaCog(
  images: readonly NumberedImage[],
  colors: Uint32Array,
  grid: Grid,
  { items }: Pick<CogDescription, "items"> = { items: {} },
): Uint8Array<ArrayBuffer> {
  using empty = openEmptyDataset({
    grid,
    type: "Byte",
    hasNoData: false,
    items,
    bands: (["Red", "Green", "Blue", "Alpha"] as const).map((colorInterpretation) => ({ colorInterpretation })),
  });
  const pixels = new Uint32Array(BLOCK_SIZE_PX ** 2);
  const bytes = new Uint8Array(pixels.buffer);
  const compressed = images.map((image) => ({
    ...image,
    blocks: blocksOf(image).map((block) => {
      pixels.fill(0);
      block.eachRow((from, to, at) => {
        for (let i = from; i < to; i++) pixels[at + i - from] = colors[image.numbers[i]!]!;
      });
      return deflate(bytes, DEFLATE_LEVEL);
    }),
  }));
  return assembleCog(empty, compressed, "NO").bytes;
}
