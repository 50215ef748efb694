import { OUTSIDE, type TileWindow as WindowOf, tileWindow } from "../../contract/pyramid.ts";
import type { TileId } from "../../contract/tile.ts";
import type { CogLevel } from "../cog/cog_file.ts";
import type { RgbaBlock, RgbaCog } from "../cog/rgba_cog.ts";
import { PNG_FILTER } from "../../contract/png.ts";
import { encodePalettePng, encodeTruecolorPng } from "./png.ts";

/**
 * Draws a tile of an RGBA COG as PNG: every pixel is the image's pixel under its centre, nothing is scaled or blended.
 * The same tile always gives the same bytes.
 */
export function drawTile(cog: RgbaCog, tile: TileId, tileSizePx: number): Uint8Array<ArrayBuffer> {
  const window = tileWindow(tile, tileSizePx, cog.levels, cog.box);
  const blocks = blocksUnder(cog, window);
  const indexed = blocks.filter((block): block is Uint8Array => block instanceof Uint8Array);
  return indexed.length === blocks.length
    ? drawIndexed(indexed, cog.colors, window)
    : drawTruecolor(blocks, cog.colors, window);
}

type TileWindow = WindowOf<CogLevel>;

/** The blocks under the window, row by row, in the order of `blockRange`. */
function blocksUnder(cog: RgbaCog, window: TileWindow): RgbaBlock[] {
  const { level } = window;
  const { firstColumn, lastColumn, firstRow, lastRow } = blockRange(window);
  const blocks: RgbaBlock[] = [];
  for (let row = firstRow; row <= lastRow; row++) {
    for (let column = firstColumn; column <= lastColumn; column++) {
      blocks.push(cog.block(level, row * level.blocksAcross + column));
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

/** Draws a tile from indexed blocks: gathers palette numbers, row by row. */
function drawIndexed(blocks: readonly Uint8Array[], colors: Uint32Array, window: TileWindow): Uint8Array<ArrayBuffer> {
  const { columns, rows } = window;
  const stride = columns.length + 1;
  const filtered = emptied(stride * rows.length);
  const palette = new TilePalette(colors);
  const gatherer = new RowGatherer(blocks, window, palette);
  let previous: number | null = null;
  for (let y = 0; y < rows.length; y++) {
    const row = rows[y]!;
    const at = y * stride;
    if (row === previous) {
      filtered[at] = PNG_FILTER.up; // zeros: the row repeats the one above
      continue;
    }
    previous = row;
    filtered[at] = PNG_FILTER.sub;
    gatherer.gather(row, filtered, at + 1);
  }
  return encodePalettePng(columns.length, rows.length, filtered, palette.words());
}

/** Buffer for the filtered rows of a tile. Drawing is synchronous, so only one tile uses it at a time. */
let scratch = new Uint8Array(0);

/** A zeroed part of the buffer that all tiles share: this avoids a quarter of a megabyte of garbage per tile. */
function emptied(length: number): Uint8Array {
  if (scratch.length < length) scratch = new Uint8Array(length);
  return scratch.subarray(0, length).fill(0);
}

const NOT_YET = -1;

/**
 * The colours of one tile, numbered in the order of their use in the tile: the image's own numbers depend on the blocks
 * read before, and the same tile must always have the same bytes.
 */
class TilePalette {
  /** The tile's number for each of the image's numbers, or NOT_YET. */
  readonly numbers = new Int16Array(256).fill(NOT_YET);
  readonly #colors: Uint32Array;
  readonly #words: number[] = [];

  constructor(colors: Uint32Array) {
    this.#colors = colors;
  }

  add(number: number): number {
    const own = this.#words.push(this.#colors[number]!) - 1;
    this.numbers[number] = own;
    return own;
  }

  words(): Uint32Array {
    return Uint32Array.from(this.#words);
  }
}

/** Adjacent columns of the tile that lie in one block, or outside the COG. */
interface ColumnSpan {
  /** Block in the row of blocks, counted from the first under the tile; or OUTSIDE. */
  readonly block: number;
  readonly start: number;
  readonly end: number;
}

/** Copies rows of the blocks under a tile into rows of the tile. */
class RowGatherer {
  readonly #blocks: readonly Uint8Array[];
  readonly #range: BlockRange;
  readonly #blockSizePx: number;
  readonly #palette: TilePalette;
  readonly #spans: readonly ColumnSpan[];
  /** Column within its block, for each column of the tile. */
  readonly #columns: Int32Array;

  constructor(blocks: readonly Uint8Array[], window: TileWindow, palette: TilePalette) {
    const { blockSizePx } = window.level;
    this.#blocks = blocks;
    this.#range = blockRange(window);
    this.#blockSizePx = blockSizePx;
    this.#palette = palette;
    this.#columns = window.columns.map((column) => column % blockSizePx);
    this.#spans = spansOf(window.columns, blockSizePx, this.#range.firstColumn);
  }

  /** Writes a row as differences from pixel to pixel, as the filter "sub" requires. */
  gather(row: number, into: Uint8Array, at: number): void {
    const { firstColumn, lastColumn, firstRow } = this.#range;
    const across = lastColumn - firstColumn + 1;
    const firstBlock = (Math.floor(row / this.#blockSizePx) - firstRow) * across;
    const rowOffset = (row % this.#blockSizePx) * this.#blockSizePx;
    const palette = this.#palette;
    const numbers = palette.numbers;
    const columns = this.#columns;
    let previous = 0;
    for (const { block, start, end } of this.#spans) {
      if (row === OUTSIDE || block === OUTSIDE) {
        const own = numbers[0] === NOT_YET ? palette.add(0) : numbers[0]!;
        into[at + start] = own - previous; // the other pixels of the span stay 0
        previous = own;
        continue;
      }
      const source = this.#blocks[firstBlock + block]!;
      const before = previous;
      let sign = 0;
      for (let x = start; x < end; x++) {
        const own = numbers[source[rowOffset + columns[x]!]!]!;
        sign |= own;
        into[at + x] = own - previous;
        previous = own;
      }
      if (sign >= 0) continue;
      // The row has a colour that is new in the tile. Such rows are few, so the fast loop has no check per pixel.
      previous = before;
      for (let x = start; x < end; x++) {
        const number = source[rowOffset + columns[x]!]!;
        const known = numbers[number]!;
        const own = known === NOT_YET ? palette.add(number) : known;
        into[at + x] = own - previous;
        previous = own;
      }
    }
  }
}

function spansOf(columns: Int32Array, blockSizePx: number, firstColumn: number): ColumnSpan[] {
  const blockOf = (column: number) => column === OUTSIDE ? OUTSIDE : Math.floor(column / blockSizePx) - firstColumn;
  const spans: ColumnSpan[] = [];
  let start = 0;
  for (let x = 1; x <= columns.length; x++) {
    const block = blockOf(columns[start]!);
    if (x < columns.length && blockOf(columns[x]!) === block) continue;
    spans.push({ block, start, end: x });
    start = x;
  }
  return spans;
}

/** Draws a tile of the rare image with more than 255 colours. */
function drawTruecolor(
  blocks: readonly RgbaBlock[],
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
      filtered[y * stride] = PNG_FILTER.up;
      return;
    }
    line.fill(0);
    columns.forEach((column, x) => {
      if (row === OUTSIDE || column === OUTSIDE) return;
      const block = blocks[(Math.floor(row / size) - firstRow) * across + Math.floor(column / size) - firstColumn]!;
      const pixel = block[(row % size) * size + column % size]!;
      line[x] = block instanceof Uint8Array ? colors[pixel]! : pixel;
    });
    filtered[y * stride] = PNG_FILTER.none;
    filtered.set(lineBytes, y * stride + 1);
  });
  return encodeTruecolorPng(columns.length, rows.length, filtered);
}
