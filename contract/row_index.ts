import { BLOCK_SIZE_PX, type Grid } from "./grid.ts";

/**
 * The row index: the positions of the row groups in a value COG. The blocks are deflated so that every few rows can be
 * inflated without the rows before them; this index, at the end of the file, holds where each group begins. A GeoTIFF
 * reader sees ordinary blocks and ignores the bytes after the last of them.
 *
 * Layout, little-endian: for each row group, blocks in row-major order and from north to south in a block, three
 * uint32: first byte in the file, length in bytes, CRC-32 of those bytes. Then float64 west, north and pixel size of
 * the grid in metres; uint32 width and height; uint32 CRC-32 of everything before; eight bytes `twfstrip`.
 */

/** Rows of a block that are inflated together: 8 KiB of values (measured in docs/decisions/2026-11-21-strips.md). */
export const ROWS_PER_GROUP = 4;
export const ROW_GROUPS_PER_BLOCK = BLOCK_SIZE_PX / ROWS_PER_GROUP;

const MAGIC = new TextEncoder().encode("twfstrip");
const ENTRY_BYTES = 12;
const GRID_BYTES = 32;
const CHECKSUM_BYTES = 4;

/** Position of a row group's compressed bytes: raw DEFLATE data that ends on a byte boundary. */
export interface RowGroup {
  readonly start: number;
  readonly length: number;
  readonly crc32: number;
}

export type Crc32 = (bytes: Uint8Array) => number;

export function blocksAcross({ width }: Pick<Grid, "width">): number {
  return Math.ceil(width / BLOCK_SIZE_PX);
}

export function rowGroupCount(grid: Pick<Grid, "width" | "height">): number {
  return blocksAcross(grid) * Math.ceil(grid.height / BLOCK_SIZE_PX) * ROW_GROUPS_PER_BLOCK;
}

/** Size in bytes of the row index of a file on the grid. */
export function rowIndexBytes(grid: Pick<Grid, "width" | "height">): number {
  return rowGroupCount(grid) * ENTRY_BYTES + GRID_BYTES + CHECKSUM_BYTES + MAGIC.length;
}

/**
 * Encodes the row index.
 * @throws RangeError unless there are as many row groups as the grid has
 */
export function encodeRowIndex(groups: readonly RowGroup[], grid: Grid, crc32: Crc32): Uint8Array<ArrayBuffer> {
  if (groups.length !== rowGroupCount(grid)) {
    throw new RangeError(`Cannot index ${groups.length} row groups: a grid of that size has ${rowGroupCount(grid)}`);
  }
  const bytes = new Uint8Array(rowIndexBytes(grid));
  const view = new DataView(bytes.buffer);
  groups.forEach(({ start, length, crc32 }, i) => {
    [start, length, crc32].forEach((word, k) => view.setUint32(i * ENTRY_BYTES + k * 4, word, true));
  });
  let at = groups.length * ENTRY_BYTES;
  for (const metres of [grid.westM, grid.northM, grid.pixelSizeM]) {
    view.setFloat64(at, metres, true);
    at += 8;
  }
  view.setUint32(at, grid.width, true);
  view.setUint32(at + 4, grid.height, true);
  at += 8;
  view.setUint32(at, crc32(bytes.subarray(0, at)), true);
  bytes.set(MAGIC, at + CHECKSUM_BYTES);
  return bytes;
}

/** Decoded row index: the row groups of a file on a grid, by number, without an object for each. */
export class RowIndex {
  readonly #view: DataView;

  private constructor(view: DataView) {
    this.#view = view;
  }

  /**
   * Decodes the row index of a file.
   * @param end the last bytes of the file, as many as `rowIndexBytes` returns
   * @returns null when the bytes are no index: older files have none
   * @throws RangeError when the index belongs to another grid or is damaged
   */
  static decode(end: Uint8Array<ArrayBuffer>, grid: Grid, crc32: Crc32): RowIndex | null {
    const magicAt = end.length - MAGIC.length;
    if (!MAGIC.every((byte, i) => end[magicAt + i] === byte)) return null;
    const view = new DataView(end.buffer, end.byteOffset, end.length);
    const checksumAt = magicAt - CHECKSUM_BYTES;
    if (view.getUint32(checksumAt, true) !== crc32(end.subarray(0, checksumAt))) {
      throw new RangeError("the row index is damaged, or belongs to a grid of another size");
    }
    const gridAt = checksumAt - GRID_BYTES;
    const [westM, northM, pixelSizeM] = [0, 8, 16].map((at) => view.getFloat64(gridAt + at, true));
    const [width, height] = [24, 28].map((at) => view.getUint32(gridAt + at, true));
    const isOnGrid = westM === grid.westM && northM === grid.northM && pixelSizeM === grid.pixelSizeM &&
      width === grid.width && height === grid.height;
    if (!isOnGrid) throw new RangeError("the file does not lie on the value grid of its model");
    return new RowIndex(view);
  }

  get byteLength(): number {
    return this.#view.byteLength;
  }

  rowGroup(number: number): RowGroup {
    const word = (k: number) => this.#view.getUint32(number * ENTRY_BYTES + k * 4, true);
    return { start: word(0), length: word(1), crc32: word(2) };
  }
}
