import { Buffer } from "node:buffer";
import { constants, crc32, deflateRawSync } from "node:zlib";
import { BLOCK_SIZE_PX, type Grid } from "../../contract/grid.ts";
import {
  blocksAcross,
  encodeRowIndex,
  ROW_GROUPS_PER_BLOCK,
  type RowGroup,
  ROWS_PER_GROUP,
} from "../../contract/row_index.ts";
import type { Field } from "../field/field.ts";

const GROUP_VALUES = ROWS_PER_GROUP * BLOCK_SIZE_PX;
/** The level that GDAL uses too (cog.ts): other levels are slower or larger (docs/PERFORMANCE.md). */
const DEFLATE_LEVEL = 4;
/** Header of a zlib stream with a window of 32 KiB and a fast level. */
const ZLIB_HEADER = Uint8Array.of(0x78, 0x5e);
/** GDAL writes a block's length before it, and its last four bytes again after it. */
const LEADER_BYTES = 4;
const TRAILER_BYTES = 4;

const TIFF_LITTLE_ENDIAN = 0x2a_4949; // "II*"
const TILE_OFFSETS = 324;
const TILE_BYTE_COUNTS = 325;
const LONG = 4;
const LONG_BYTES = 4;

/**
 * Returns a value COG whose full-resolution blocks are deflated again, so that each row group of four rows can be
 * inflated alone, with the row index behind the last block. IFDs, overviews and the order of blocks stay as GDAL wrote
 * them; the content that GDAL wrote in the full-resolution blocks does not matter.
 * @returns null for a file that is not laid out as GDAL is known to do it
 */
export function withRowIndex(
  cog: Uint8Array<ArrayBuffer>,
  values: Field,
  grid: Grid,
): Uint8Array<ArrayBuffer> | null {
  const table = blockTable(cog);
  const across = blocksAcross(grid);
  if (table === null || table.count !== across * Math.ceil(grid.height / BLOCK_SIZE_PX)) return null;
  const parts: Uint8Array[] = [cog.slice(0, table.dataStart)];
  const head = new DataView(parts[0]!.buffer);
  const groups: RowGroup[] = [];
  let at = table.dataStart;
  for (let block = 0; block < table.count; block++) {
    const pixels = blockValues(values, block % across, Math.floor(block / across));
    const deflated = Array.from({ length: ROW_GROUPS_PER_BLOCK }, (_, i) => deflateRowGroup(pixels, i));
    const stream = [ZLIB_HEADER, ...deflated, bigEndian(adler32(new Uint8Array(pixels.buffer)))];
    const length = stream.reduce((sum, part) => sum + part.length, 0);
    head.setUint32(table.offsetsAt + block * LONG_BYTES, at + LEADER_BYTES, true);
    head.setUint32(table.byteCountsAt + block * LONG_BYTES, length, true);
    let start = at + LEADER_BYTES + ZLIB_HEADER.length;
    for (const group of deflated) {
      groups.push({ start, length: group.length, crc32: crc32(group) });
      start += group.length;
    }
    parts.push(littleEndian(length), ...stream, stream.at(-1)!);
    at += LEADER_BYTES + length + TRAILER_BYTES;
  }
  parts.push(encodeRowIndex(groups, grid, crc32));
  return Buffer.concat(parts);
}

/** Returns the values of a block; zeros beyond the grid, where no reader reads. */
function blockValues({ width, height, values }: Field, column: number, row: number): Float32Array<ArrayBuffer> {
  const [left, top] = [column * BLOCK_SIZE_PX, row * BLOCK_SIZE_PX];
  const pixels = new Float32Array(BLOCK_SIZE_PX ** 2);
  const right = Math.min(left + BLOCK_SIZE_PX, width);
  for (let y = top; y < Math.min(top + BLOCK_SIZE_PX, height); y++) {
    pixels.set(values.subarray(y * width + left, y * width + right), (y - top) * BLOCK_SIZE_PX);
  }
  return pixels;
}

/**
 * Deflates a row group by itself, so that it refers to nothing before it. A flush ends it at a byte boundary, and the
 * last group ends the stream.
 */
function deflateRowGroup(pixels: Float32Array<ArrayBuffer>, number: number): Uint8Array {
  const group = pixels.subarray(number * GROUP_VALUES, (number + 1) * GROUP_VALUES);
  const isLast = number === ROW_GROUPS_PER_BLOCK - 1;
  return deflateRawSync(new Uint8Array(group.buffer, group.byteOffset, group.byteLength), {
    level: DEFLATE_LEVEL,
    finishFlush: isLast ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    chunkSize: group.byteLength + 1024,
  });
}

interface BlockTable {
  readonly count: number;
  /** Positions of the numbers that give the offsets and the lengths of blocks. */
  readonly offsetsAt: number;
  readonly byteCountsAt: number;
  /** Start of the full-resolution blocks, which are the last in the file. */
  readonly dataStart: number;
}

/**
 * Finds the blocks of a TIFF's full-resolution image, or null when the file is not laid out as GDAL's COG driver does
 * it.
 */
function blockTable(cog: Uint8Array<ArrayBuffer>): BlockTable | null {
  const view = new DataView(cog.buffer);
  if (view.getUint32(0, true) !== TIFF_LITTLE_ENDIAN) return null;
  const directoryAt = view.getUint32(4, true);
  const tags = new Map<number, { count: number; at: number }>();
  for (let i = 0; i < view.getUint16(directoryAt, true); i++) {
    const entryAt = directoryAt + 2 + i * 12;
    if (view.getUint16(entryAt + 2, true) !== LONG) continue;
    const count = view.getUint32(entryAt + 4, true);
    // A single number is in the entry itself.
    tags.set(view.getUint16(entryAt, true), {
      count,
      at: count === 1 ? entryAt + 8 : view.getUint32(entryAt + 8, true),
    });
  }
  const [offsets, byteCounts] = [tags.get(TILE_OFFSETS), tags.get(TILE_BYTE_COUNTS)];
  if (!offsets || !byteCounts || offsets.count !== byteCounts.count) return null;
  const dataStart = view.getUint32(offsets.at, true) - LEADER_BYTES;
  let end = dataStart;
  for (let block = 0; block < offsets.count; block++) {
    const offset = view.getUint32(offsets.at + block * LONG_BYTES, true);
    const length = view.getUint32(byteCounts.at + block * LONG_BYTES, true);
    if (offset !== end + LEADER_BYTES || view.getUint32(end, true) !== length) return null;
    end = offset + length + TRAILER_BYTES;
  }
  if (end !== cog.length) return null;
  return { count: offsets.count, offsetsAt: offsets.at, byteCountsAt: byteCounts.at, dataStart };
}

/** Computes the checksum of a zlib stream (RFC 1950). */
function adler32(bytes: Uint8Array): number {
  let [a, b] = [1, 0];
  // 5552 bytes can be added up before a sum exceeds 32 bits.
  for (let from = 0; from < bytes.length; from += 5552) {
    const to = Math.min(from + 5552, bytes.length);
    for (let i = from; i < to; i++) {
      a += bytes[i]!;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return ((b << 16) | a) >>> 0;
}

function bigEndian(word: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, word);
  return bytes;
}

function littleEndian(word: number): Uint8Array {
  return bigEndian(word).reverse();
}
