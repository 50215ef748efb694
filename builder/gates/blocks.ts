import { Buffer } from "node:buffer";
import type { Band } from "../gdal/band.ts";
import { GdalError } from "../gdal/errors.ts";
import { inflate } from "../gdal/inflate.ts";
import { GateError } from "./gate_error.ts";

/** A compressed block of a COG, and its position in the file. */
export interface CogBlock {
  readonly start: number;
  readonly stream: Uint8Array<ArrayBuffer>;
}

/**
 * Checks that a compressed block inflates to the bytes from which it was made. The compressor is not its own
 * witness: GDAL's decompressor reads each block.
 * @throws GateError
 */
export function checkStream(stream: Uint8Array<ArrayBuffer>, bytes: Uint8Array<ArrayBuffer>): void {
  let inflated: Uint8Array;
  try {
    inflated = inflate(stream, bytes.length);
  } catch (error) {
    if (!(error instanceof GdalError)) throw error;
    fail("a block can be inflated", error.message, "an undamaged zlib stream");
  }
  if (inflated.length !== bytes.length) fail("size of a block", String(inflated.length), String(bytes.length));
  if (Buffer.compare(inflated, bytes) !== 0) {
    const at = inflated.findIndex((byte, i) => byte !== bytes[i]);
    fail("a block inflates to its bytes", `${inflated[at]} at ${at}`, String(bytes[at]));
  }
}

/**
 * Checks that a file has these blocks, byte by byte, where GDAL looks for them.
 * @param levels bands of one opened file: the full image and its overviews
 * @param file the bytes of that file
 * @param blocks of each level, in row-major order, as they were checked by `checkStream`
 * @throws GateError
 */
export function checkPlaces(
  levels: readonly Band[],
  file: Uint8Array,
  blocks: readonly (readonly CogBlock[])[],
): void {
  if (levels.length !== blocks.length) fail("number of images", String(levels.length), String(blocks.length));
  levels.forEach((band, level) => {
    const across = Math.ceil(band.width / band.blockSize.width);
    blocks[level]!.forEach(({ start, stream }, i) => {
      const name = `block ${i} of level ${level}`;
      const place = band.blockPlace(i % across, Math.floor(i / across));
      const found = place === null ? "none" : `${place.length} bytes at ${place.start}`;
      const meant = `${stream.length} bytes at ${start}`;
      if (found !== meant) fail(`place of ${name}`, found, meant);
      if (Buffer.compare(file.subarray(start, start + stream.length), stream) !== 0) {
        fail(`bytes of ${name}`, "other bytes", "those that were encoded");
      }
    });
  });
}

function fail(rule: string, measured: string, limit: string): never {
  throw new GateError("blocks", rule, measured, limit);
}
