import { BLOCK_SIZE_PX } from "../../contract/grid.ts";
import { concatenate } from "../concatenate.ts";
import type { Dataset } from "../gdal/dataset.ts";
import { MemoryFile } from "../gdal/memory_file.ts";
import type { CogBlock } from "../gates/blocks.ts";
import { tiffImages } from "./tiff_images.ts";

/** The compressed blocks of an image, in row-major order. */
export interface CogImage {
  readonly width: number;
  readonly height: number;
  readonly blocks: readonly Uint8Array<ArrayBuffer>[];
}

/** An assembled COG. */
export interface AssembledCog {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The blocks of each image, in row-major order. */
  readonly blocks: readonly (readonly CogBlock[])[];
}

/** A block has its length before it and its last four bytes again after it, as GDAL's COG driver promises readers. */
const LEADER_BYTES = 4;
const TRAILER_BYTES = 4;

export type Predictor = "NO" | "FLOATING_POINT";

/**
 * Writes a Cloud-Optimized GeoTIFF: GDAL writes the structure of an empty dataset, with georeferencing, metadata and
 * directories, and the blocks are put behind it in the order of GDAL's COG driver, the smallest overview first. So a
 * block is compressed once, from the pixels it has, and not copied through datasets.
 * @param images the full image first, then the overviews
 * @throws GdalError
 * @throws RangeError when the structure has images of other sizes
 */
export function assembleCog(empty: Dataset, images: readonly CogImage[], predictor: Predictor): AssembledCog {
  const structure = structureOf(empty, predictor);
  const places = tiffImages(structure);
  const parts: Uint8Array[] = [structure];
  const view = new DataView(structure.buffer, structure.byteOffset, structure.length);
  if (places.length !== images.length) {
    throw new RangeError(`GDAL's structure has ${places.length} images, expected ${images.length}`);
  }
  let at = structure.length;
  const placed: CogBlock[][] = images.map(() => []);
  for (let level = images.length - 1; level >= 0; level--) {
    const { width, height, blocks } = images[level]!;
    const place = places[level]!;
    if (place.width !== width || place.height !== height || place.blockCount !== blocks.length) {
      throw new RangeError(
        `GDAL's structure has an image of ${place.width} × ${place.height} pixels in ${place.blockCount} blocks, ` +
          `expected ${width} × ${height} in ${blocks.length}`,
      );
    }
    blocks.forEach((block, i) => {
      view.setUint32(place.offsetsAt + i * 4, at + LEADER_BYTES, true);
      view.setUint32(place.byteCountsAt + i * 4, block.length, true);
      placed[level]!.push({ start: at + LEADER_BYTES, stream: block });
      parts.push(littleEndian(block.length), block, block.subarray(-TRAILER_BYTES));
      at += LEADER_BYTES + block.length + TRAILER_BYTES;
    });
  }
  return { bytes: concatenate(parts), blocks: placed };
}

/** Returns a COG of the dataset without a block: GDAL leaves out blocks without values. */
function structureOf(empty: Dataset, predictor: Predictor): Uint8Array<ArrayBuffer> {
  using file = new MemoryFile("tif");
  empty.copyTo(file.path, "COG", {
    BLOCKSIZE: String(BLOCK_SIZE_PX),
    COMPRESS: "DEFLATE",
    PREDICTOR: predictor,
    BIGTIFF: "NO",
    SPARSE_OK: "YES",
    OVERVIEWS: "FORCE_USE_EXISTING",
  });
  return file.read();
}

function littleEndian(word: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, word, true);
  return bytes;
}
