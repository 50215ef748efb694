import { BLOCK_SIZE_PX } from "../../contract/grid.ts";

/** A block of an image: a square whose right and lower edges may lie beyond the image. */
export interface Block {
  /**
   * Visits the rows of the block that lie in the image.
   * @param visit gets the first and the end index of the row's pixels in the image, and their first index in the block
   */
  eachRow(visit: (from: number, to: number, at: number) => void): void;
}

/** Returns the blocks of an image in row-major order. */
export function blocksOf({ width, height }: { readonly width: number; readonly height: number }): Block[] {
  const blocks: Block[] = [];
  for (let top = 0; top < height; top += BLOCK_SIZE_PX) {
    for (let left = 0; left < width; left += BLOCK_SIZE_PX) {
      blocks.push({
        eachRow(visit) {
          const right = Math.min(left + BLOCK_SIZE_PX, width);
          for (let y = top; y < Math.min(top + BLOCK_SIZE_PX, height); y++) {
            visit(y * width + left, y * width + right, (y - top) * BLOCK_SIZE_PX);
          }
        },
      });
    }
  }
  return blocks;
}
