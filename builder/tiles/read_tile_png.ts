import { crc32 } from "node:zlib";
import { PNG_COLOR, PNG_FILTER, PNG_SIGNATURE } from "../../contract/png.ts";
import { GdalError } from "../gdal/errors.ts";
import { inflate } from "../gdal/inflate.ts";
import { TILE_SIZE_PX } from "./tile_png.ts";

const ROW_BYTES = TILE_SIZE_PX + 1;
/** Bits per sample, color type, compression, filter method, interlace. */
const FORMAT = [8, PNG_COLOR.palette, 0, 0, 0].join(" ");
const LOW_BITS = 0x7f7f_7f7f;
const HIGH_BITS = 0x8080_8080;

type TileBytes = Uint8Array<ArrayBuffer>;

/** Error when a tile is damaged, or is not a tile as the builder writes them. */
export class BadTileError extends Error {
  override readonly name = "BadTileError";
}

/** Palette and palette numbers of a tile. */
export interface TilePixels {
  /** Red, green and blue of each entry. */
  readonly palette: Uint8Array;
  /** Alpha of the first entries; the others are opaque. */
  readonly alpha: Uint8Array;
  /** `TILE_SIZE_PX` × `TILE_SIZE_PX` palette numbers, row 0 north. */
  readonly numbers: Uint8Array<ArrayBuffer>;
}

/**
 * Reads a tile as `TilePngEncoder` writes them: 512 × 512 palette numbers of 8 bits, rows as differences from the row
 * above. Checksums are checked.
 * @throws BadTileError
 */
export function readTilePng(png: TileBytes): TilePixels {
  const chunks = chunksOf(png);
  const [header, palette, alpha, data] = ["IHDR", "PLTE", "tRNS", "IDAT"].map((type) => {
    const found = chunks.get(type);
    if (!found) throw new BadTileError(`The tile has no chunk ${type}`);
    return found;
  }) as [TileBytes, TileBytes, TileBytes, TileBytes];
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const size = `${view.getUint32(0)} × ${view.getUint32(4)}`;
  if (size !== `${TILE_SIZE_PX} × ${TILE_SIZE_PX}`) throw new BadTileError(`The tile has ${size} pixels`);
  const format = [...header.subarray(8)].join(" ");
  if (format !== FORMAT) throw new BadTileError(`The tile has format ${format}: expected a palette of 8 bits`);
  return { palette, alpha, numbers: unfiltered(inflated(data)) };
}

function chunksOf(png: TileBytes): Map<string, TileBytes> {
  if (!PNG_SIGNATURE.every((byte, i) => png[i] === byte)) throw new BadTileError("The tile is no PNG");
  const view = new DataView(png.buffer, png.byteOffset, png.length);
  const chunks = new Map<string, TileBytes>();
  let at = PNG_SIGNATURE.length;
  while (at + 12 <= png.length) {
    const length = view.getUint32(at);
    const end = at + 12 + length;
    if (end > png.length) break;
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    if (crc32(png.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw new BadTileError(`The checksum of the tile's chunk ${type} is wrong`);
    }
    chunks.set(type, png.subarray(at + 8, end - 4));
    at = end;
    if (type === "IEND" && at === png.length) return chunks;
  }
  throw new BadTileError("The tile is cut off");
}

function inflated(data: TileBytes): Uint8Array {
  const expected = ROW_BYTES * TILE_SIZE_PX;
  let rows: Uint8Array;
  try {
    rows = inflate(data, expected);
  } catch (cause) {
    if (!(cause instanceof GdalError)) throw cause;
    throw new BadTileError(`The tile's pixels cannot be decompressed: ${cause.message}`, { cause });
  }
  if (rows.length !== expected) throw new BadTileError(`The tile has ${rows.length} bytes of rows, not ${expected}`);
  return rows;
}

/** Adds to each row the row above it, modulo 256, four pixels at once. */
function unfiltered(rows: Uint8Array): Uint8Array<ArrayBuffer> {
  const numbers = new Uint8Array(TILE_SIZE_PX ** 2);
  const words = new Uint32Array(numbers.buffer);
  const rowWords = TILE_SIZE_PX / 4;
  for (let y = 0; y < TILE_SIZE_PX; y++) {
    const start = y * ROW_BYTES;
    if (rows[start] !== PNG_FILTER.up) throw new BadTileError(`Row ${y} of the tile has filter ${rows[start]}, not up`);
    numbers.set(rows.subarray(start + 1, start + ROW_BYTES), y * TILE_SIZE_PX);
    if (y === 0) continue;
    const at = y * rowWords;
    for (let i = at; i < at + rowWords; i++) {
      const [own, above] = [words[i]!, words[i - rowWords]!];
      words[i] = ((own & LOW_BITS) + (above & LOW_BITS)) ^ ((own ^ above) & HIGH_BITS);
    }
  }
  return numbers;
}
