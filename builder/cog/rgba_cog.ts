import { deflateSync } from "node:zlib";
import { BLOCK_SIZE_PX, type Grid } from "../../contract/grid.ts";
import { checkStream } from "../gates/blocks.ts";
import type { NumberedImage } from "../style/palette_numbers.ts";
import { assembleCog, type AssembledCog } from "./assemble_cog.ts";
import { blocksOf } from "./blocks.ts";
import type { CogDescription } from "./cog_description.ts";
import { openEmptyDataset } from "./empty_dataset.ts";

/** The level with the best size × time (docs/decisions/2026-11-30-blocks-checked-one-by-one.md). */
const DEFLATE = { level: 2, chunkSize: 256 * 1024 } as const;

/**
 * Writes a picture as a Cloud-Optimized GeoTIFF of four bands: red, green, blue, alpha.
 * @param images palette numbers: the full image first, then the overviews
 * @param colors RGBA words in memory order, by palette number
 * @throws GateError when a block does not read back as it was made
 * @throws GdalError
 */
export function writeRgbaCog(
  images: readonly NumberedImage[],
  colors: Uint32Array<ArrayBuffer>,
  grid: Grid,
  { items }: Pick<CogDescription, "items"> = { items: {} },
): AssembledCog {
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
      pixels.fill(0); // beyond the image, where no reader reads
      block.eachRow((from, to, at) => paint(image.numbers.subarray(from, to), colors, pixels.subarray(at)));
      const stream = new Uint8Array(deflateSync(bytes, DEFLATE)); // a copy: the chunk is freed
      checkStream(stream, bytes);
      return stream;
    }),
  }));
  return assembleCog(empty, compressed, "NO");
}

function paint(numbers: Uint8Array, colors: Uint32Array, into: Uint32Array): void {
  for (let i = 0; i < numbers.length; i++) into[i] = colors[numbers[i]!]!;
}
