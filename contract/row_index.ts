import { BLOCK_SIZE_PX, type Grid } from "./grid.ts";
import { pyramidLevels } from "./pyramid.ts";

/**
 * The row index: the positions of the row groups in a value COG. The blocks are deflated so that every few rows can be
 * inflated without the rows before them; this index, at the end of the file, holds where each group begins. A GeoTIFF
 * reader sees ordinary blocks and ignores the bytes after the last of them.
 *
 * Layout, little-endian: for each row group, from the full image to the coarsest overview, blocks in row-major order
 * and from north to south in a block, three uint32: first byte in the file, length in bytes, CRC-32 of those bytes.
 * Then the footer: float64 west, north and pixel size of the grid in metres; uint32 width and height; uint32 CRC-32 of
 * the footer up to here; eight bytes `twfrows2`. In files of contract 3.0 the last bytes are `twfstrip`, only the full
 * image has row groups, and the CRC-32 is that of everything before it.
 *
 * A reader needs the footer and one entry, so it keeps no index in memory: an entry that is damaged leads to bytes with
 * another CRC-32.
 */

/** Rows of a block that are inflated together: 8 KiB of values (measured in docs/decisions/2026-11-21-strips.md). */
export const ROWS_PER_GROUP = 4;
export const ROW_GROUPS_PER_BLOCK = BLOCK_SIZE_PX / ROWS_PER_GROUP;

const MAGIC = new TextEncoder().encode("twfrows2");
const OLDER_MAGIC = new TextEncoder().encode("twfstrip");
export const ROW_ENTRY_BYTES = 12;
const GRID_BYTES = 32;
const CHECKSUM_BYTES = 4;
export const ROW_FOOTER_BYTES = GRID_BYTES + CHECKSUM_BYTES + MAGIC.length;

/** Position of a row group's compressed bytes: raw DEFLATE data that ends on a byte boundary. */
export interface RowGroup {
  readonly start: number;
  readonly length: number;
  readonly crc32: number;
}

export type Crc32 = (bytes: Uint8Array) => number;

type Size = Pick<Grid, "width" | "height">;

export function blocksAcross({ width }: Pick<Grid, "width">): number {
  return Math.ceil(width / BLOCK_SIZE_PX);
}

/** Number of row groups of one image. */
export function rowGroupCount(size: Size): number {
  return blocksAcross(size) * Math.ceil(size.height / BLOCK_SIZE_PX) * ROW_GROUPS_PER_BLOCK;
}

/** Number of row groups of all levels of a grid's pyramid. */
export function pyramidRowGroupCount(grid: Grid): number {
  return pyramidLevels(grid).reduce((sum, level) => sum + rowGroupCount(level), 0);
}

/**
 * Encodes the row index.
 * @throws RangeError unless there are as many row groups as the grid's pyramid has
 */
export function encodeRowIndex(groups: readonly RowGroup[], grid: Grid, crc32: Crc32): Uint8Array<ArrayBuffer> {
  const count = pyramidRowGroupCount(grid);
  if (groups.length !== count) {
    throw new RangeError(`Cannot index ${groups.length} row groups: a grid of that size has ${count}`);
  }
  const bytes = new Uint8Array(count * ROW_ENTRY_BYTES + ROW_FOOTER_BYTES);
  const view = new DataView(bytes.buffer);
  groups.forEach(({ start, length, crc32 }, i) => {
    [start, length, crc32].forEach((word, k) => view.setUint32(i * ROW_ENTRY_BYTES + k * 4, word, true));
  });
  const footerAt = groups.length * ROW_ENTRY_BYTES;
  let at = footerAt;
  for (const metres of [grid.westM, grid.northM, grid.pixelSizeM]) {
    view.setFloat64(at, metres, true);
    at += 8;
  }
  view.setUint32(at, grid.width, true);
  view.setUint32(at + 4, grid.height, true);
  at += 8;
  view.setUint32(at, crc32(bytes.subarray(footerAt, at)), true);
  bytes.set(MAGIC, at + CHECKSUM_BYTES);
  return bytes;
}

/** Position of the entries of a file's row index. */
export interface RowIndex {
  /** Position of the first entry in the file. */
  readonly entriesAt: number;
  /** Whether the overviews have row groups too. */
  readonly hasOverviews: boolean;
}

/**
 * Decodes the footer of a row index.
 * @param footer the last bytes of the file
 * @returns null when the bytes are no footer: files of other programs have none
 * @throws RangeError when the index belongs to another grid or is damaged
 */
export function decodeRowIndex(
  footer: Uint8Array<ArrayBuffer>,
  fileBytes: number,
  grid: Grid,
  crc32: Crc32,
): RowIndex | null {
  const endsWith = (magic: Uint8Array) => magic.every((byte, i) => footer.at(i - magic.length) === byte);
  const hasOverviews = endsWith(MAGIC);
  if (!hasOverviews && !endsWith(OLDER_MAGIC)) return null;
  const view = new DataView(footer.buffer, footer.byteOffset, footer.length);
  if (hasOverviews && view.getUint32(GRID_BYTES, true) !== crc32(footer.subarray(0, GRID_BYTES))) {
    throw new RangeError("the row index is damaged");
  }
  const [westM, northM, pixelSizeM] = [0, 8, 16].map((at) => view.getFloat64(at, true));
  const [width, height] = [24, 28].map((at) => view.getUint32(at, true));
  const isOnGrid = westM === grid.westM && northM === grid.northM && pixelSizeM === grid.pixelSizeM &&
    width === grid.width && height === grid.height;
  if (!isOnGrid) throw new RangeError("the file does not lie on the grid of its model");
  const count = hasOverviews ? pyramidRowGroupCount(grid) : rowGroupCount(grid);
  const entriesAt = fileBytes - ROW_FOOTER_BYTES - count * ROW_ENTRY_BYTES;
  if (entriesAt < 0) throw new RangeError("the file is shorter than its row index");
  return { entriesAt, hasOverviews };
}

/** Decodes one entry. */
export function decodeRowGroup(entry: Uint8Array<ArrayBuffer>): RowGroup {
  const view = new DataView(entry.buffer, entry.byteOffset, ROW_ENTRY_BYTES);
  return { start: view.getUint32(0, true), length: view.getUint32(4, true), crc32: view.getUint32(8, true) };
}
