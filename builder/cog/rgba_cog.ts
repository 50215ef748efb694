import { BLOCK_SIZE_PX, type Grid } from "../../contract/grid.ts";
import { PixelDeflater } from "../deflate/deflate_pixels.ts";
import { zlibStream } from "../deflate/zlib_stream.ts";
import { checkStream } from "../gates/blocks.ts";
import { type NumberedImage, TRANSPARENT } from "../style/palette_numbers.ts";
import { assembleCog, type AssembledCog } from "./assemble_cog.ts";
import { blocksOf } from "./blocks.ts";
import type { CogDescription } from "./cog_description.ts";
import { openEmptyDataset } from "./empty_dataset.ts";

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
  const encoder = new BlockEncoder(colors);
  const compressed = images.map((image) => ({
    ...image,
    blocks: blocksOf(image).map((block) => {
      const numbers = encoder.numbers.fill(TRANSPARENT); // beyond the image, where no reader reads
      block.eachRow((from, to, at) => numbers.set(image.numbers.subarray(from, to), at));
      return encoder.encode();
    }),
  }));
  return assembleCog(empty, compressed, "NO");
}

/** Compresses and checks blocks of one picture. */
class BlockEncoder {
  /** The palette numbers of the block to encode. */
  readonly numbers = new Uint8Array(BLOCK_SIZE_PX ** 2);
  readonly #words = new Uint32Array(this.numbers.buffer);
  readonly #pixels = new Uint32Array(BLOCK_SIZE_PX ** 2);
  readonly #bytes = new Uint8Array(this.#pixels.buffer);
  readonly #deflater: PixelDeflater;
  /** The stream of a block that is transparent everywhere. */
  #empty: Uint8Array<ArrayBuffer> | null = null;

  constructor(readonly colors: Uint32Array<ArrayBuffer>) {
    this.#deflater = new PixelDeflater(colors);
  }

  encode(): Uint8Array<ArrayBuffer> {
    return this.#words.every((word) => word === 0) ? this.#empty ??= this.#encode() : this.#encode();
  }

  #encode(): Uint8Array<ArrayBuffer> {
    const { numbers, colors } = this;
    const pixels = this.#pixels;
    for (let i = 0; i < pixels.length; i++) pixels[i] = colors[numbers[i]!]!;
    const stream = zlibStream([this.#deflater.deflate(numbers, BLOCK_SIZE_PX)], this.#bytes);
    checkStream(stream, this.#bytes);
    return stream;
  }
}
