import type { TileId } from "../../contract/tile.ts";
import type { CogLevel } from "../cog/cog_file.ts";
import type { Picture, PictureBlock } from "../cog/picture.ts";
import { encodePalettePng, encodeTruecolorPng, FILTER_NONE, FILTER_UP } from "./png.ts";
import { intersects, OUTSIDE, type TileWindow, tileWindow } from "./window.ts";

/**
 * One tile of a picture as PNG: every pixel is the picture's pixel under its centre, nothing is scaled or blended.
 * Null when the tile lies outside the picture. The same tile always gives the same bytes.
 */
export function drawTile(picture: Picture, tile: TileId, tileSizePx: number): Uint8Array<ArrayBuffer> | null {
  if (!intersects(tile, picture.box)) return null;
  const window = tileWindow(tile, tileSizePx, picture.levels, picture.box);
  const blocks = blocksUnder(picture, window);
  const indexed = blocks.filter((block): block is Uint8Array => block instanceof Uint8Array);
  return indexed.length === blocks.length
    ? drawIndexed(indexed, picture.colors, window)
    : drawTruecolor(blocks, picture.colors, window);
}

/** The blocks the window touches, row by row; `firstBlock…` and `blockColumns` tell which they are. */
function blocksUnder(picture: Picture, window: TileWindow): PictureBlock[] {
  const { level } = window;
  const { firstColumn, lastColumn, firstRow, lastRow } = blockRange(window);
  const blocks: PictureBlock[] = [];
  for (let row = firstRow; row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      blocks.push(picture.block(level, row * level.blocksAcross + column));
    }
  }
  return blocks;
}

interface BlockRange {
  readonly firstColumn: number;
  readonly lastColumn: number;
  readonly firstRow: number;
  readonly lastRow: number;
}

function blockRange({ level, columns, rows }: TileWindow): BlockRange {
  const [west, east] = ends(columns, level);
  const [north, south] = ends(rows, level);
  return { firstColumn: west, lastColumn: east, firstRow: north, lastRow: south };
}

/** First and last block along one axis; an empty range when every position is outside. */
function ends(positions: Int32Array, { blockSizePx }: CogLevel): [number, number] {
  const first = positions.findIndex((at) => at !== OUTSIDE);
  if (first === -1) return [0, -1];
  const last = positions.findLastIndex((at) => at !== OUTSIDE);
  return [Math.floor(positions[first]! / blockSizePx), Math.floor(positions[last]! / blockSizePx)];
}

/** Gathers palette numbers. Colours are renumbered by their value, so that the bytes do not depend on what was read before. */
function drawIndexed(blocks: readonly Uint8Array[], colors: Uint32Array, window: TileWindow): Uint8Array<ArrayBuffer> {
  const { columns, rows } = window;
  const width = columns.length;
  const stride = width + 1;
  const filtered = new Uint8Array(stride * rows.length);
  const used = new Uint8Array(256);
  const rowBlocks = new RowBlocks(blocks, window);
  let previous: number | null = null;
  for (let y = 0; y < rows.length; y++) {
    const row = rows[y]!;
    const at = y * stride;
    if (row === previous) {
      filtered[at] = FILTER_UP; // zeros: the row repeats the one above
      continue;
    }
    previous = row;
    filtered[at] = FILTER_NONE;
    if (row === OUTSIDE) {
      used[0] = 1;
      continue;
    }
    rowBlocks.gather(row, filtered, at + 1, used);
  }
  const { table, palette } = renumber(used, colors);
  for (let y = 0; y < rows.length; y++) {
    const at = y * stride;
    if (filtered[at] === FILTER_UP) continue;
    for (let i = at + 1; i < at + stride; i++) filtered[i] = table[filtered[i]!]!;
  }
  return encodePalettePng(width, rows.length, filtered, palette);
}

function renumber(used: Uint8Array, colors: Uint32Array): { table: Uint8Array; palette: Uint32Array } {
  const numbers: number[] = [];
  for (let number = 0; number < used.length; number++) if (used[number] === 1) numbers.push(number);
  numbers.sort((a, b) => colors[a]! - colors[b]!);
  const table = new Uint8Array(256);
  numbers.forEach((number, i) => table[number] = i);
  return { table, palette: Uint32Array.from(numbers, (number) => colors[number]!) };
}

/** Copies rows of blocks that lie side by side into rows of a tile. */
class RowBlocks {
  readonly #blocks: readonly Uint8Array[];
  readonly #range: BlockRange;
  readonly #blockSizePx: number;
  /** For each column of the tile: which block of the row, and which pixel of its row; or OUTSIDE. */
  readonly #blockOf: Int32Array;
  readonly #pixelOf: Int32Array;

  constructor(blocks: readonly Uint8Array[], window: TileWindow) {
    this.#blocks = blocks;
    this.#range = blockRange(window);
    const { blockSizePx } = window.level;
    this.#blockSizePx = blockSizePx;
    this.#blockOf = window.columns.map((column) =>
      column === OUTSIDE ? OUTSIDE : Math.floor(column / blockSizePx) - this.#range.firstColumn
    );
    this.#pixelOf = window.columns.map((column) => column % blockSizePx);
  }

  gather(row: number, into: Uint8Array, at: number, used: Uint8Array): void {
    const { firstColumn, lastColumn, firstRow } = this.#range;
    const across = lastColumn - firstColumn + 1;
    const firstBlock = (Math.floor(row / this.#blockSizePx) - firstRow) * across;
    const rowOffset = (row % this.#blockSizePx) * this.#blockSizePx;
    const blockOf = this.#blockOf;
    const pixelOf = this.#pixelOf;
    for (let x = 0; x < blockOf.length; x++) {
      const block = blockOf[x]!;
      const number = block === OUTSIDE ? 0 : this.#blocks[firstBlock + block]![rowOffset + pixelOf[x]!]!;
      into[at + x] = number;
      used[number] = 1;
    }
  }
}

/** The rare picture of more than 255 colours. */
function drawTruecolor(
  blocks: readonly PictureBlock[],
  colors: Uint32Array,
  window: TileWindow,
): Uint8Array<ArrayBuffer> {
  const { columns, rows, level } = window;
  const { firstColumn, lastColumn, firstRow } = blockRange(window);
  const across = lastColumn - firstColumn + 1;
  const size = level.blockSizePx;
  const stride = columns.length * 4 + 1;
  const filtered = new Uint8Array(stride * rows.length);
  const line = new Uint32Array(columns.length);
  const lineBytes = new Uint8Array(line.buffer);
  rows.forEach((row, y) => {
    if (y > 0 && row === rows[y - 1]) {
      filtered[y * stride] = FILTER_UP;
      return;
    }
    line.fill(0);
    columns.forEach((column, x) => {
      if (row === OUTSIDE || column === OUTSIDE) return;
      const block = blocks[(Math.floor(row / size) - firstRow) * across + Math.floor(column / size) - firstColumn]!;
      const pixel = block[(row % size) * size + column % size]!;
      line[x] = block instanceof Uint8Array ? colors[pixel]! : pixel;
    });
    filtered[y * stride] = FILTER_NONE;
    filtered.set(lineBytes, y * stride + 1);
  });
  return encodeTruecolorPng(columns.length, rows.length, filtered);
}
